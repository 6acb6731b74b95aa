"""Reports of finance (报表): ageing, collection, forecast, statements; each number leads to its rows."""

from webapp.finance.reports import (
    ageing,
    ageing_export,
    collection,
    forecast,
    journal_export,
    statement_runs,
    statements,
)

__all__ = ["ageing", "ageing_export", "collection", "forecast", "journal_export", "statement_runs", "statements"]
