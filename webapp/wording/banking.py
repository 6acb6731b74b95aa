"""The words of bank statements: columns, states of lines, and why a file or a match is refused."""

from __future__ import annotations

from webapp.language import N_

TEXTS = {
    "statement_column.day": N_("Transaction date"),
    "statement_column.time": N_("Transaction time"),
    "statement_column.summary": N_("Bank’s summary"),
    "statement_column.debit": N_("Debit (money out)"),
    "statement_column.credit": N_("Credit (money in)"),
    "statement_column.amount": N_("Amount with its sign"),
    "statement_column.balance": N_("Balance"),
    "statement_column.payer": N_("Payer"),
    "statement_column.payer_account": N_("Payer’s account"),
    "statement_column.memo": N_("Memo"),
    "statement_column.serial": N_("Serial number"),
    "line.open": N_("To match"),
    "line.matched": N_("Matched"),
    "line.ignored": N_("Left out"),
    "line.paid_out": N_("Money out"),
    "statement_refused": N_("The file was not taken; nothing of it was kept."),
    "statement_unknown_extension": N_(
        "Files ending in “%(extension)s” cannot be read. Download the statement as .xlsx or .csv."
    ),
    "statement_too_large": N_("The file is larger than %(limit_mb)s MB. Bring a shorter period."),
    "statement_empty_file": N_("The file is empty."),
    "statement_old_workbook": N_("The file is in the old .xls format. Open it and save it as .xlsx."),
    "statement_encrypted": N_("The file is protected by a password. Remove the password and bring it again."),
    "statement_not_what_its_name_says": N_(
        "The file is no %(extension)s file (found: %(found)s). Download it again in the format of its name."
    ),
    "statement_not_a_workbook": N_("The file is an archive and no workbook. Save the statement as .xlsx."),
    "statement_damaged": N_("The file is damaged and cannot be read. Download it again."),
    "statement_xml_declaration": N_("The workbook holds XML declarations that are not allowed. Save it again."),
    "statement_unpacks_too_large": N_(
        "The workbook unpacks to more than %(limit_mb)s MB. Bring a shorter period."
    ),
    "statement_too_many_rows": N_("The file has more than %(limit)s lines. Bring a shorter period."),
    "statement_too_many_columns": N_("The file has more than %(limit)s columns. It is no statement."),
    "statement_too_many_cells": N_("The file has more than %(limit)s cells. Bring a shorter period."),
    "statement_binary": N_("The file holds binary data and no text. Download it as .csv or .xlsx."),
    "statement_unknown_encoding": N_("The file is neither UTF-8 nor GBK. Download it again as .csv or .xlsx."),
    "statement_bad_csv": N_("Line %(line)s cannot be split into columns. Look for an open quotation mark."),
    "statement_no_table": N_("The file has no line with headings such as date, balance and serial number."),
    "statement_without_lines": N_("The file has headings and no line below them."),
    "statement_cut_off": N_(
        "The file ends in the middle of a line: it was not read to its end. Download it again."
    ),
    "statement_cut_off_at": N_("the file ends in the middle of this line. Download it again."),
    "statement_column_missing": N_("no heading stands for this column. Choose it under “What the columns mean”."),
    "statement_other_account": N_("The file is of account %(stated)s, and you chose %(expected)s."),
    "statement_wrong_currency": N_("The file is in %(currency)s; this account is kept in yuan (CNY)."),
    "statement_no_day": N_("this is no date."),
    "statement_day_outside_period": N_("the day lies outside the file’s period, %(first)s to %(last)s."),
    "statement_day_to_come": N_("this day is still to come; the latest is %(latest)s."),
    "statement_day_locked": N_("the books of this day are closed; the first open day is %(first_open)s."),
    "statement_not_money": N_("this is no amount with at most two decimals."),
    "statement_both_sides": N_("debit and credit are both filled in."),
    "statement_no_amount": N_("neither debit nor credit is filled in."),
    "statement_no_serial": N_("the serial number is missing."),
    "statement_serial_lost_digits": N_(
        "the spreadsheet has lost digits of this number. Bring the bank’s own file."
    ),
    "statement_text_long": N_("the text is longer than %(longest)s characters."),
    "statement_serial_twice": N_("this number stands in line %(first_row)s already."),
    "statement_balance_breaks": N_(
        "the balance does not follow from the line before: it should be %(expected_fen)s."
    ),
    "statement_serial_other_amount": N_("this serial number is here already with another amount, %(kept_fen)s."),
    "statement_serial_other_balance": N_("this serial number is here already with another balance, %(kept_fen)s."),
    "statement_serial_other_day": N_("this serial number is here already on another day, %(kept)s."),
    "bank_account_missing": N_("There is no such bank account, or it lies outside what you may see."),
    "bank_account_number": N_("An account number has at least eight digits."),
    "bank_account_name_taken": N_("This project has an account of that name already."),
    "statement_upload_missing": N_("This file was taken in or left already. Bring it again if you need it."),
    "statement_missing": N_("There is no such statement, or it lies outside what you may see."),
    "statement_line_missing": N_("There is no such line, or it lies outside what you may see."),
    "bank_account_invalid": N_("The bank account is described wrongly."),
    "match_rule_missing": N_("There is no such rule, or it lies outside what you may see."),
    "statement_line_taken": N_("%(by)s dealt with this line at %(at)s. Look at it again."),
    "match_refused": N_("The line cannot be matched that way."),
}
