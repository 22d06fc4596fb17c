"""Settings of the engine hold no secret of Spark's."""

from pathlib import Path

import pytest

from data.workspace.sections import SettingsError
from data.workspace.settings import read_settings

SECRET = "sesame-7c1f"  # noqa: S105 -- nobody's


def _written(tmp_path: Path, option: str) -> Path:
    (file := tmp_path / "gridwarden.toml").write_text(
        f'[engine.options]\n"{option}" = "{SECRET}"\n', encoding="utf-8"
    )
    return file


@pytest.mark.parametrize(
    "option",
    [
        "spark.hadoop.fs.s3a.secret.key",
        "spark.hadoop.fs.s3a.access.key",
        "spark.hadoop.fs.s3a.session.token",
        "spark.hadoop.fs.azure.account.key.box.dfs.core.windows.net",
        "spark.ssl.keyStorePassword",
        "spark.authenticate.secret",
    ],
)
def test_a_secret_is_refused_and_not_repeated(option: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings(_written(tmp_path, option))
    (problem,) = refused.value.facts["problems"]
    assert problem.expected == "no_secret"
    assert SECRET not in f"{problem} {refused.value}"


@pytest.mark.parametrize(
    "option",
    [
        "spark.hadoop.fs.s3a.aws.credentials.provider",
        "spark.hadoop.hadoop.security.credential.provider.path",
        "spark.authenticate.secret.driver.file",
        "spark.sql.shuffle.partitions",
        "spark.jars.packages",
        "spark.ssl.keyStore",
    ],
)
def test_where_a_secret_is_had_may_be_named(option: str, tmp_path: Path) -> None:
    assert option in read_settings(_written(tmp_path, option)).engine.options
