"""What a page loads: one style sheet and all modules at once, each under an address that changes when a file does."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from urllib.parse import urljoin

import pytest
from django.templatetags.static import static
from django.test import Client
from pytest_django.fixtures import Settings

from ecsweb.settings import version_of_static_files
from ecsweb.web.assets import FOLDER, modules

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client: Client) -> str:
    return client.get("/").content.decode()


def links(page: str, relation: str) -> list[str]:
    return re.findall(rf'<link rel="{relation}" href="([^"]+)"', page)


def fetched(client: Client, address: str) -> str:
    """Return a file as a browser gets it, once and for good."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    assert "immutable" in answer["Cache-Control"]
    content: bytes = answer.getvalue()
    answer.close()
    assert int(answer["Content-Length"]) == len(content)
    return content.decode()


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))


def test_the_one_style_sheet_of_a_page_is_all_sheets_in_their_layers(client: Client, page: str) -> None:
    (address,) = links(page, "stylesheet")
    joined = fetched(client, address)
    order = re.findall(r'@import url\("([^"]+)"\) layer\((\w+)\)', (FOLDER / "css/app.css").read_text())

    assert {name for name, _layer in order} == {
        path.relative_to(FOLDER / "css").as_posix() for path in (FOLDER / "css").rglob("*.css")
    } - {"app.css"}
    wanted = "".join(f"@layer {layer} {{{(FOLDER / 'css' / name).read_text()}}}" for name, layer in order)
    assert squeezed(joined) == squeezed(f"@layer tokens, base, layout, components, pages; {wanted}").replace(
        "../../img/", "../img/"
    )
    pictures = re.findall(r'url\("([^"]+)"\)', joined)
    assert pictures
    assert all(fetched(client, urljoin(address, one)).startswith("<svg") for one in pictures)


def test_every_module_is_asked_for_at_once_and_leads_to_no_other(client: Client, page: str) -> None:
    preloaded = links(page, "modulepreload")

    assert len(preloaded) == len(modules()) == len(list((FOLDER / "js").glob("*.js")))
    for address in preloaded:
        for imported in re.findall(r'from "([^"]+)"', fetched(client, address)):
            assert urljoin(address, imported) in preloaded


def test_scripts_may_be_kept_for_good(client: Client, page: str) -> None:
    scripts = re.findall(r'<script src="([^"]+)"', page)

    assert len(scripts) == 4
    assert all(fetched(client, one) for one in scripts)


def test_a_file_that_changes_under_a_running_server_is_served_whole(tmp_path: Path, settings: Settings) -> None:
    settings.STATICFILES_DIRS = [tmp_path]
    client, module = Client(), tmp_path / "changing.js"
    for text in ("short", "a longer text"):
        module.write_text(text)

        assert fetched(client, f"{settings.STATIC_URL}changing.js") == text


def test_another_text_another_name_another_file_is_another_version(tmp_path: Path) -> None:
    folder = tmp_path / "static"
    shutil.copytree(FOLDER, folder)
    sheet = folder / "css" / "tokens.css"
    versions = [version_of_static_files(FOLDER), version_of_static_files(folder)]
    assert versions[0] == versions[1]

    sheet.write_text(sheet.read_text() + "\n")
    versions.append(version_of_static_files(folder))
    sheet.rename(folder / "css" / "colours.css")
    versions.append(version_of_static_files(folder))
    (folder / "new.txt").touch()
    versions.append(version_of_static_files(folder))

    assert len(set(versions)) == 4


def test_an_old_address_is_gone_rather_than_another_file(client: Client, page: str) -> None:
    (address,) = links(page, "stylesheet")
    version = address.split("/")[2]

    assert client.get(address.replace(version, "0" * 12)).status_code == 404


def test_a_static_file_is_no_stream_that_an_asynchronous_server_would_complain_of(client: Client) -> None:
    for answer in (client.get(static("img/icon.svg")), client.head(static("img/icon.svg"))):
        assert not answer.streaming
        assert answer["Content-Type"] == "image/svg+xml"
    part = client.get(static("img/icon.svg"), headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"<svg")


def test_what_browsers_ask_for_by_themselves_is_there(client: Client) -> None:
    assert client.get("/favicon.ico", follow=True).status_code == 200
