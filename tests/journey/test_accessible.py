# SPDX-License-Identifier: Apache-2.0
"""A page is looked at for accessibility once for each shape; what makes it worse makes another shape."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser
from tests.journey.conftest import check_accessible, shape

PAGE = """<!doctype html><html lang="{}"><title>{}</title><main><h1>{}</h1>
<label for="a">{}</label><input id="a"></main></html>"""


def test_a_field_without_a_label_is_found_on_a_page_like_one_that_was_good(browser: Browser) -> None:
    page = browser.new_page()
    shapes = []
    for words in (("en", "Title", "Heading", "Label"), ("ja", "題", "見出し", "名前")):
        page.set_content(PAGE.format(*words))
        check_accessible(page)
        shapes.append(shape(page))
    assert shapes[0] == shapes[1]
    page.set_content(PAGE.format("ja", "題", "見出し", ""))
    with pytest.raises(AssertionError, match="label"):
        check_accessible(page)
    page.set_content(PAGE.format("jpn-x", "題", "見出し", "名前"))
    assert shape(page) not in shapes, "another language than ours is looked at"
    page.context.close()
