# SPDX-License-Identifier: Apache-2.0
"""The code tables of the signed code on paper, as the browser's reader has them too.

They are part of the format: a number never changes its meaning, and what is added is added at the end.
The words for compression may not change at all; other words would be another prefix.
"""

from __future__ import annotations

from gakusho.model.achievement import ACHIEVEMENT_TYPES
from gakusho.model.document import DOCUMENT_KINDS

PREFIX = "GK1:"
"""What every code begins with; the number is the version of all that stands here."""

ISSUER, ENDS, BEGINS, ISSUED, ID, STATUS, CONTENT = 1, 4, 5, 6, 7, 65535, -65537
"""Claims of the token: iss, exp, nbf, iat, cti (RFC 8392, section 3.1), status (Token Status List,
section 6.3), and the content under a number for private use (RFC 8392, section 9.1)."""

MEMBERS = {
    "name": 1,
    "kana": 2,
    "romaji": 3,
    "former_name": 4,
    "birth_date": 5,
    "student_number": 6,
    "issuer_name": 7,
    "achievement_name": 8,
    "achievement_type": 9,
    "field_of_study": 10,
    "awarded_on": 11,
    "issue_number": 12,
    "addressee": 13,
    "purpose": 14,
    "narrative": 15,
    "results": 16,
    "results_left_out": 17,
    "document_kind": 18,
    "document_language": 19,
    "more_status": 20,
}
"""The content's members."""

LANGUAGES = ("", "ja", "en", "und")
"""Of a text in several languages; the number of a language begins at 1."""
DOCUMENT_LANGUAGES = ("ja", "en", "ja-en")
TYPES = (*ACHIEVEMENT_TYPES[:17],)
KINDS = (*DOCUMENT_KINDS[:10],)
STATUS_KINDS = ("BitstringStatusListEntry", "TokenStatusList")
STATUS_PURPOSES = ("revocation", "suspension", "refresh", "message")
GRADES = (
    *("秀", "優", "良", "可", "不可", "合", "否", "合格", "不合格", "認定"),
    *("S", "A", "B", "C", "D", "F", "P", "N", "R", "T"),
    *("A+", "A-", "B+", "B-", "C+", "C-", "D+", "D-", "AA", "E", "W", "I"),
    *("AP", "CR", "NC", "Pass", "Fail", "履修中", "放棄", "欠席"),
)

# The words that records have most often, the most frequent last: the end of a dictionary is nearest.
_WORDS = """
マーケティング ゲーム理論 ポートフォリオ コミュニケーション リーダーシップ インターンシップ
キャリアデザイン 社会保障論 国際関係論 政治過程論 行政法 刑法 民法総則 憲法 商法 会社法 労働法
国際法 金融論 財政学 経営管理論 会計学 簿記 ミクロ経済学 マクロ経済学 計量経済学 経済史 経営学 商学
法学 政治学 社会学 心理学 教育学 哲学 倫理学 宗教学 歴史学 考古学 地理学 文学 言語学 音声学 美術史
音楽 日本文化論 日本国憲法 比較文化 文化人類学 教育心理学 教育原理 教職概論 教職実践演習 看護学
薬理学 解剖学 生理学 病理学 栄養学 公衆衛生学 免疫学 微生物学 分子生物学 細胞生物学 遺伝学 生化学
生物学 生態学 農学 地球科学 天文学 無機化学 有機化学 物理化学 分析化学 高分子化学 化学 化学実験
物理学 物理学実験 量子力学 統計力学 熱力学 熱統計力学 電磁気学 流体力学 材料力学 構造力学 土質力学
機械力学 機械設計 材料科学 設計製図 建築設計 建築史 測量学 制御工学 電気回路 電子回路 論理回路
半導体工学 通信工学 信号処理 画像処理 音声情報処理 計算機アーキテクチャ コンピュータネットワーク
オペレーティングシステム データベース データ構造 アルゴリズム プログラミング プログラミング演習
ソフトウェア工学 人工知能 機械学習 情報理論 情報セキュリティ 情報倫理 情報リテラシー 情報科学
情報工学 離散数学 確率論 統計学 数理統計学 確率統計 数値解析 複素関数論 関数解析 代数学 幾何学
解析学 集合と位相 微分方程式 ベクトル解析 フーリエ解析 線形代数学 微分積分学 英語コミュニケーション
アカデミックライティング 英語 中国語 ドイツ語 フランス語 スペイン語 韓国語 日本語 体育実技
健康スポーツ科学 スポーツ 基礎ゼミナール ゼミナール セミナー 卒業研究 卒業論文 特別研究 特別講義
輪講 総論 各論 入門 基礎 応用 特論 演習 実習 実験 概論 研究 工学 科学 および ・ I II III IV Ａ Ｂ Ⅰ
Ⅱ Ⅲ 第１ A B 1 2 3 前期 後期 通年 春学期 秋学期 年度 2027 2021 2022 2026 2025 2024 2023 第 号
大学院 研究科 専攻 学部 学科 工学部 理学部 文学部 法学部 経済学部 医学部 農学部 教育学部 情報工学科
機械工学科 大学 博士（ 修士（ 学士（ 工学） 理学） 文学） 経済学） 法学） 学士（工学） Doctor of
Philosophy in Master of Science in Bachelor of Arts in Bachelor of Laws in Bachelor of Economics
Bachelor of Science in Bachelor of Engineering University GPA 修得単位数 入学年月日 卒業見込年月日
"""
WORDS = "".join(_WORDS.split("\n")).replace(" ", "").encode() + (
    b"http://did:key:.ac.jp.edudid:web:.example/i/https:///status/1/tokenkstatus_listcidxcuri"
    b"/status/1/message/status/1/refresh/status/1/suspension/status/1/revocation"
)
"""What the compression knows beforehand (RFC 1951; a dictionary as in RFC 1950, section 2.2)."""


def tables() -> dict[str, object]:
    """Give everything that a reader written in another language needs, as JSON values."""
    return {
        "prefix": PREFIX,
        "members": MEMBERS,
        "languages": list(LANGUAGES),
        "documentLanguages": list(DOCUMENT_LANGUAGES),
        "types": list(TYPES),
        "kinds": list(KINDS),
        "statusKinds": list(STATUS_KINDS),
        "statusPurposes": list(STATUS_PURPOSES),
        "grades": list(GRADES),
        "words": WORDS.decode(),
    }
