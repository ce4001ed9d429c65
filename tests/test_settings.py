"""The settings that have a form of their own: what can be used is taken, what cannot is told without its secret."""

from __future__ import annotations

import pytest

from scheduler.errors import UserError
from scheduler.settings import read_settings


@pytest.mark.parametrize(("value", "read"), [("", "text"), ("text", "text"), ("json", "json")])
def test_the_form_of_the_logs(value: str, read: str) -> None:
    assert read_settings({"SCADENZARIO_LOG_FORMAT": value}).log_format == read


def test_an_unknown_form_of_the_logs_is_refused() -> None:
    with pytest.raises(UserError) as caught:
        read_settings({"SCADENZARIO_LOG_FORMAT": "xml"})
    [problem] = caught.value.problems
    assert (problem.where, problem.remedy) == ("SCADENZARIO_LOG_FORMAT", "serve: text, json")


def test_the_alert_command_is_kept_as_it_is_and_not_shown() -> None:
    settings = read_settings({"SCADENZARIO_ALERT_COMMAND": "/opt/alert --key 'a secret'"})
    assert settings.alert_command == "/opt/alert --key 'a secret'"
    assert "secret" not in repr(settings)


def test_an_alert_command_with_an_open_quotation_is_refused() -> None:
    with pytest.raises(UserError) as caught:
        read_settings({"SCADENZARIO_ALERT_COMMAND": "/opt/alert 'a secret"})
    [problem] = caught.value.problems
    assert problem.where == "SCADENZARIO_ALERT_COMMAND"
    assert "secret" not in str(problem)
