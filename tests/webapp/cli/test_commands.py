"""The command line as somebody at a terminal meets it."""

import json
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from kernel.clock import SystemClock
from kernel.vault import load_vault
from ledger.inventory.models import Unit
from ledger.organisation.models import PresalePermit
from ledger.organisation.queries import list_nodes
from ledger.staff.sign_in import StaffSignIn, sign_in
from webapp.cli.main import main
from webapp.db import Database

YUNXI = str(files("demo") / "data" / "price-list-yunxi-phase-1.xlsx")
HARBOUR = str(files("demo") / "data" / "price-list-harbour-towers.csv")
PASSWORD = "a-long-enough-password"


class Terminal:
    """A shell whose surroundings point at a folder of the test's own."""

    def __init__(self, folder: Path, url: str) -> None:
        self.keys = folder / "keys.json"
        self.url = url
        self.environment = {
            "KEYTURN_DATABASE_URL": url,
            "KEYTURN_SECRET_FILE": str(self.keys),
            "LANG": "en_GB.UTF-8",
        }

    def run(self, *words: str, fails: bool = False) -> Result:
        result = CliRunner().invoke(main, words, env=self.environment)
        assert (result.exit_code != 0) is fails, result.output
        return result

    def report(self, *words: str) -> dict[str, object]:
        return json.loads(self.run("import-units", *words, "--json").stdout)

    @property
    def database(self) -> Database:
        return Database(self.url, load_vault(self.keys), SystemClock())


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path, f"sqlite:///{tmp_path / 'new' / 'company.db'}")


def test_an_empty_company_starts_with_keys_schema_processes_and_an_administrator(terminal: Terminal) -> None:
    words = ["init", "--company", "Homes", "--administrator", "ada", "--name", "Ada", "--password", PASSWORD]
    told = terminal.run(*words).output
    assert "booking_to_contract v1" in told
    with terminal.database.unit_of_work() as session:
        assert isinstance(sign_in(session, SystemClock(), username="ada", password=PASSWORD), StaffSignIn)
    again = terminal.run(*words, fails=True).output
    assert "There is a company in this database already" in again


def test_a_company_is_named_after_its_database_was_made_and_a_list_went_in(terminal: Terminal) -> None:
    terminal.run("migrate")
    terminal.run("import-units", HARBOUR, "--project", "harbour", "--create-project", "Harbour")
    words = ["init", "--company", "Homes", "--administrator", "ada", "--name", "Ada", "--password"]
    assert "too short" in terminal.run(*words, "short", fails=True).output
    terminal.run(*words, PASSWORD)
    with terminal.database.unit_of_work() as session:
        names = [node.name for node in list_nodes(session)]
        assert names == ["Homes", "Harbour"]
        assert isinstance(sign_in(session, SystemClock(), username="ada", password=PASSWORD), StaffSignIn)


def test_a_command_before_the_schema_says_what_to_do(terminal: Terminal) -> None:
    assert "keyturn init" in terminal.run("deploy", fails=True).output


def test_the_excel_price_list_goes_in_and_its_wrong_rows_come_back(terminal: Terminal) -> None:
    terminal.run("migrate")
    report = terminal.report(YUNXI, "--project", "yunxi", "--create-project", "云栖一期")
    refused = [(row["sheet"], row["row"], row["unit"]) for row in report.pop("refused")]
    assert report == {"imported": 225, "updated": 0, "unchanged": 0, "withheld": 3}
    assert refused == [("3栋", 67, "1703"), ("3栋", 82, "2102"), ("5栋", 32, "801")]
    again = terminal.report(YUNXI, "--project", "yunxi")
    assert (again["imported"], again["updated"], again["unchanged"]) == (0, 0, 225)


def test_the_chinese_csv_goes_in_with_a_permit_given_beside_it(terminal: Terminal) -> None:
    terminal.run("migrate")
    options = ["--project", "harbour", "--create-project", "Harbour", "--permit", "2026-9:2026-01-05", "--release"]
    report = terminal.report(HARBOUR, *options)
    assert (report["imported"], report["withheld"], report["refused"]) == (336, 37, [])
    with terminal.database.reading() as session:
        permit = session.scalars(select(PresalePermit)).one()
        floors = session.scalars(select(Unit.status).distinct()).all()
    assert (permit.no, permit.granted_on, floors) == ("2026-9", date(2026, 1, 5), ["available"])


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--project", "nowhere"], "Add --create-project NAME"),
        (["--project", "p", "--permit", "2026"], "write its number, a colon and the date"),
        (["--project", "p", "--create-project", "P", "--as", "nobody"], "There is no account 'nobody'"),
    ],
)
def test_an_import_that_cannot_start_says_why(terminal: Terminal, options: list[str], told: str) -> None:
    terminal.run("migrate")
    assert told in terminal.run("import-units", HARBOUR, *options, fails=True).output


def test_a_file_that_is_no_price_list_is_refused_in_words(terminal: Terminal, tmp_path: Path) -> None:
    terminal.run("migrate")
    file = tmp_path / "list.xlsx"
    file.write_bytes(b"<html>not a workbook</html>")
    told = terminal.run("import-units", str(file), "--project", "p", "--create-project", "P", fails=True).output
    assert "Traceback" not in told
    assert told.startswith("Error: list.xlsx")
    assert "price_list." not in told


def test_everything_that_is_shipped_passes_the_checks(terminal: Terminal) -> None:
    findings = json.loads(terminal.run("check", "--json").stdout)
    assert findings == []


def test_a_wrong_diagram_is_reported_by_element_and_line(terminal: Terminal, tmp_path: Path) -> None:
    good = (files("processes") / "approval" / "approval.bpmn").read_text()
    file = tmp_path / "wrong.bpmn"
    file.write_text(good.replace("<bpmn:endEvent", '<bpmn:complexGateway id="odd"/><bpmn:endEvent', 1))
    found = json.loads(terminal.run("check", str(file), str(tmp_path / "gone.bpmn"), "--json", fails=True).stdout)
    assert {(row["code"], row["element_id"]) for row in found} >= {
        ("element_unsupported", "odd"),
        ("file_unreadable", None),
    }
    assert all(row["text"] and row["severity"] in ("error", "warning") for row in found)


def test_a_wrong_form_is_reported_by_component_and_line_at_check_and_deployment(
    terminal: Terminal, tmp_path: Path
) -> None:
    file = tmp_path / "review.json"
    file.write_text('{"components": [\n{"type": "magic", "key": "a", "label": "A"}\n]}')
    found = json.loads(terminal.run("check", str(file), "--json", fails=True).stdout)
    assert [row["line"] for row in found if row["element_id"] == "a"] == [2]
    terminal.run("migrate")
    told = terminal.run("deploy", str(file), fails=True).output
    assert "review.json:2: error" in told
    assert "Traceback" not in told
