# SPDX-License-Identifier: Apache-2.0
"""The columns for what a record says in English beside its Japanese: faculty, major, remarks, addressee."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gakusho.issuer._field import Field
from gakusho.model.text import Text

EN = "_en"
"""Ends the name of a field that says in English what the field without it says."""

_GUIDE = Text.of(
    ja="英文・和英併記の証明書に記します。空欄なら日本語のまま記します。",
    en="Printed on English and bilingual documents; when empty they print the Japanese one.",
)

_ENGLISH: dict[str, Field] = {
    "faculty": Field(
        name="faculty_en",
        label=Text.of(ja="学部・研究科(英語)", en="Faculty in English"),
        aliases=(
            "学部英語",
            "学部英語名",
            "学部名英語",
            "英文学部名",
            "研究科英語",
            "研究科英語名",
            "所属英語",
            "faculty en",
            "faculty english",
            "english faculty",
            "school in english",
        ),
        guide=_GUIDE,
        sample="Faculty of Engineering",
    ),
    "major": Field(
        name="major_en",
        label=Text.of(ja="学科・専攻(英語)", en="Major in English"),
        aliases=(
            "学科英語",
            "学科英語名",
            "学科名英語",
            "英文学科名",
            "専攻英語",
            "専攻英語名",
            "専攻名英語",
            "major en",
            "major english",
            "english major",
            "department in english",
            "department en",
        ),
        guide=_GUIDE,
        sample="Department of Information Engineering",
    ),
    "degree": Field(
        name="degree_en",
        label=Text.of(ja="学位(英語)", en="Degree in English"),
        aliases=("学位英語", "学位英語名", "学位名英語", "英文学位名", "degree en", "degree english"),
        guide=_GUIDE,
        sample="Bachelor of Engineering",
    ),
    "narrative": Field(
        name="narrative_en",
        label=Text.of(ja="備考(英語)", en="Narrative in English"),
        limit=2000,
        aliases=(
            "備考英語",
            "備考英文",
            "特記事項英語",
            "記載事項英語",
            "narrative en",
            "remarks in english",
        ),
        guide=_GUIDE,
    ),
    "addressee": Field(
        name="addressee_en",
        label=Text.of(ja="提出先(英語)", en="Addressee in English"),
        aliases=("提出先英語", "提出先英語名", "提出先名英語", "addressee en", "addressee english"),
        guide=_GUIDE,
    ),
    "purpose": Field(
        name="purpose_en",
        label=Text.of(ja="用途(英語)", en="Purpose in English"),
        aliases=("用途英語", "使用目的英語", "purpose en", "purpose english"),
        guide=_GUIDE,
    ),
}


def with_english(fields: Iterable[Field]) -> Iterator[Field]:
    """Give the fields, each followed by the one for its English where there is one."""
    for each in fields:
        yield each
        if each.name in _ENGLISH:
            yield _ENGLISH[each.name]
