# SPDX-License-Identifier: Apache-2.0
"""The words for problems of an upload (English): what is wrong, how to mend it."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    # one row
    "missing": ("“{column}” is empty.", "Fill it in."),
    "email-missing": (
        "There is no e-mail address, so no claim mail can be sent.",
        "Add one, or hand the PDF over in another way.",
    ),
    "romaji-missing": (
        "The name in Latin letters is missing.",
        "Add it as in the passport if the certificate is in English or bilingual.",
    ),
    "ragged-row": (
        "This row has {got} columns, the header has {expected}.",
        "Put values that contain a comma in quotation marks, or add the missing cell.",
    ),
    "spaces-removed": ("Spaces around the value were removed.", "Nothing to do, unless they were meant."),
    "formula": (
        "The value begins with a sign that spreadsheets take for a formula.",
        "Leave it if it is meant so; make sure that no formula was exported in place of its value.",
    ),
    "formula-unwrapped": (
        'The value was taken out of Excel\'s wrapping (="…").',
        "Check that it is right without.",
    ),
    "too-long": ("The value has {got} characters; at most {expected} are allowed.", "Make it shorter."),
    "value-damaged": (
        "A spreadsheet has damaged the value (exponent notation or an error value).",
        "Look up the original, format the column as text, and enter it again.",
    ),
    "bidi-character": (
        "Character {place} is an invisible one that turns the direction of writing ({character}).",
        "Delete it and type the value again.",
    ),
    "control-character": (
        "Character {place} is a control character or line break ({character}).",
        "Delete it and write the value on one line.",
    ),
    "invisible-character": (
        "Character {place} is an invisible one ({character}).",
        "Delete it and type the value again.",
    ),
    "private-character": (
        "Character {place} is a private one ({character}); elsewhere it is another character or none.",
        "Use the same character in Unicode, or a form of it that its owner accepts.",
    ),
    "replacement-character": (
        "Character {place} ({character}) is what is left of one that could not be converted.",
        "Export from the source system again, in UTF-8.",
    ),
    "character-lost": (
        "The name contains “{character}”, which may stand for a character that could not be converted.",
        "Compare it with the original.",
    ),
    "name-with-digit": ("The name contains a digit.", "Check that the columns have not shifted."),
    "kana-unexpected": ("There is something other than katakana.", "Give the reading in katakana."),
    "romaji-not-latin": ("There is something other than Latin letters.", "Give the name as in the passport."),
    "email-syntax": ("This is not an e-mail address.", "Write it like name@example.ac.jp."),
    "email-typo": ("This may be a slip: was “{expected}” meant?", "Check the address with its owner."),
    "not-a-number": ("This is not a number.", "Write a number such as 3.45."),
    "missing-glyph": (
        "The fonts of the document cannot write: {characters} ({where}).",
        "Check the spelling; if it is right, bring your own PDF, or use a form that its owner accepts.",
    ),
    "address-unprinted": (
        "The document chosen prints neither to whom nor for what it was issued.",
        "If it is to be printed, choose a certificate or a transcript; otherwise leave it as it is.",
    ),
    "document.claims-degree": (
        "The document is of a student, but its achievement is a degree: it would say that it was conferred.",
        "Award an achievement of another type, such as Certificate or Membership.",
    ),
    "document.no-expected-date": (
        "Nothing says when graduation is expected.",
        "Give the achievement a result such as “卒業見込年月 / Expected graduation” and fill in its column.",
    ),
    "document.no-results": (
        "The transcript would list nothing: there is neither a course nor a result.",
        "Upload a table with one row a course, or fill in a column of a result.",
    ),
    "document.no-hours": (
        "A 履修証明書 states the total hours of the program as a whole number; there is none.",
        "Give the achievement a result named “総時間数 / Total hours”, and write digits only, such as 60.",
    ),
    "document.few-hours": (
        "A special program has at least 60 hours in all.",
        "Check the hours, or choose the certificate of completion.",
    ),
    "document.no-outline": (
        "A 履修証明書 states an outline of the program; the achievement has no description.",
        "Write the description of the achievement.",
    ),
    "result-not-allowed": ("This is not a value the result may have.", "Use one of: {expected}."),
    "number-out-of-range": ("This number is too small or too large.", "It lies between {expected}."),
    "course-cell": (
        "The cell of a course is grade/credits/term.",
        "Write it like A/2/2024 spring; credits and term may be left out.",
    ),
    # days
    "date-unreadable": ("This is not a date.", "Write it like 2026-03-25, 2026/3/25 or 令和8年3月25日."),
    "date-no-such-year": ("The year {year} cannot be used.", "Write the year with four digits."),
    "date-no-such-month": ("There is no month {month}.", "Write the month as 1 to 12."),
    "date-no-such-day": (
        "Month {month} of {year} has {last} days; there is no day {day}.",
        "Correct the day.",
    ),
    "date-era": (
        "The era {era} does not have this day; it is {expected}.",
        "Write {expected}, or the Western year.",
    ),
    "date-serial": (
        "This is Excel's internal number for a day, not a date.",
        "Format the column as a date and save again.",
    ),
    "date-order": ("Day and month cannot be told apart.", "Put the year first: 2026-03-25."),
    "date-short-year": (
        "The year has two digits; it could be Western or Japanese.",
        "Write 2026-03-25 or R8.3.25.",
    ),
    "birth-in-future": ("The date of birth is in the future.", "Check the date of birth."),
    "birth-too-late": (
        "The person would be under 12 when it is awarded.",
        "Check the date of birth, the era above all.",
    ),
    "birth-too-early": (
        "The person would be over 110 when it is awarded.",
        "Check the date of birth, the era above all.",
    ),
    "awarded-in-future": (
        "It is awarded on a day to come, and does not hold before that day.",
        "Leave it if you issue ahead of the ceremony; otherwise correct it.",
    ),
    "valid-until-before-awarded": ("It ends before it is awarded.", "Correct one of the two dates."),
    "valid-until-past": ("The last day of validity is past.", "Check the date."),
    # doubles
    "duplicate-student-number": (
        "The same student number stands in row {rows}.",
        "Delete one of the rows, or correct the number.",
    ),
    "duplicate-issue-number": (
        "The same issue number stands in row {rows}.",
        "Each certificate has a number of its own; correct one of them.",
    ),
    "duplicate-email": (
        "The same e-mail address stands in row {rows}.",
        "Check that it is not another person's.",
    ),
    "duplicate-kept": (
        "This was issued already ({what}).",
        "Delete the row, or choose to skip or replace it. Another document of the award is a copy of it.",
    ),
    "duplicate-several": (
        "This fits several awards that were issued already ({what}).",
        "Correct the student number or the issue number.",
    ),
    "duplicate-pending": (
        "Another approved batch, “{what}”, has the same.",
        "Wait until that is issued, or delete this row.",
    ),
    "duplicate-skipped": ("This was issued already and is skipped ({what}).", "Nothing to do."),
    "duplicate-supersedes": (
        "This replaces an award that was issued already ({what}).",
        "Make sure that it shall be replaced.",
    ),
    "issue-number-taken": (
        "The issue number belongs to another student's award ({what}).",
        "Check the number.",
    ),
    "replaces-gone": (
        "The award to be replaced is not there, or holds no longer.",
        "Look at the state of that award.",
    ),
    "copy-original": (
        "There is no award “{value}” of this achievement that holds and could be copied.",
        "Give the issue number of an award that was issued, is not a copy itself, and is not revoked.",
    ),
    "copy-differs": (
        "“{column}” says {value}; the award of which this is a copy says {expected}.",
        "Correct the award first, or leave the column out: a copy says what its award says.",
    ),
    "copy-unaddressed": (
        "The copy has neither an addressee nor a purpose.",
        "Give one of them; to hand the document out again, nothing needs to be issued.",
    ),
    "copy-document": (
        "Addressed copies are documents that print the addressee; this choice makes none.",
        "Choose the signed PDF, and a certificate or a transcript, not a diploma.",
    ),
    # the table as a whole
    "column-missing": (
        "There is no column for “{field_label}”.",
        "Add one, or map a column to it.",
    ),
    "column-advisable": (
        "There is no column for “{field_label}”.",
        "It can be issued without; add one if you want it.",
    ),
    "column-unused": ("The column “{column}” is not used.", "To use it, map it to a field."),
    "english-missing": (
        "“{column}” has no English here, so the English page prints it in Japanese.",
        "Fill in “{field_label}”, or leave it if that is meant.",
    ),
    "english-column": (
        "“{column}” has no English, so the English page prints it in Japanese.",
        "Add a column for “{field_label}” (for addressed copies: correct the award itself), or leave it.",
    ),
    "english-result": (
        "“{column}” is in Japanese, and the English page prints it so.",
        "Write both, as in 合格 / Pass: the English page then prints the second. Or leave it.",
    ),
    "english-of-all": (
        "There is no English for {where} (“{got}”), so every English page prints it in Japanese.",
        "Add the English in the settings or in the achievement, or leave it if that is meant.",
    ),
    # one row a course
    "learner-differs": (
        "This is another value than in row {first} of the same learner (“{expected}”).",
        "Write the same in all rows of a learner, or leave it empty but in the first.",
    ),
    "learner-unknown": (
        "The row says neither student number nor e-mail address, so it belongs to nobody.",
        "Write the student number in every row.",
    ),
    "duplicate-course": (
        "The same course in the same term stands in row {rows} already.",
        "Delete one of the rows, or correct the term.",
    ),
    "course-again": (
        "The same course stands in row {rows} in another term.",
        "Leave it if the course was taken twice.",
    ),
    "credits-range": ("So many credits cannot be.", "Write the credits of one course ({expected})."),
    "courses-too-many": (
        "The learner has {got} courses; at most {expected} fit into one transcript.",
        "Divide them into several transcripts.",
    ),
    "courses-unsaid": (
        "None of the formats chosen can hold courses ({formats}).",
        "Choose the transcript (CLR 2.0) among the formats.",
    ),
    "courses-left-out": (
        "The courses stand in the transcript (CLR 2.0) only, not in: {formats}.",
        "Nothing to do, unless you need them there too.",
    ),
    # the institution's own PDFs
    "paper.missing": (
        "No PDF belongs to this row.",
        "Put the issue number in the file's name, or name the file in the column “File name”.",
    ),
    "paper.ambiguous": (
        "Several PDFs belong to this row: {files}",
        "Name the right one in the column “File name”.",
    ),
    "paper.shared": (
        "The same PDF ({file}) also belongs to row {rows}.",
        "Give each person a PDF of their own.",
    ),
    "paper.unmatched": (
        "This PDF belongs to no row.",
        "See whether a row is missing, or the file's name is wrong.",
    ),
    "paper.same-content": (
        "The PDF is the same as that of row {rows}.",
        "Make sure that it is not another person's.",
    ),
    "paper.unused": (
        "No PDF is chosen to be issued, so your own PDFs are not used.",
        "Choose the signed PDF among the formats if they shall be.",
    ),
    "paper.duplicate": ("Two files have this name.", "Keep one of them."),
    "paper.unsafe-name": (
        "The file's name points outside its folder, or has characters that names may not have.",
        "Rename the file and make the ZIP again.",
    ),
    "paper.name-too-long": ("The file's name is too long.", "Use at most 255 characters."),
    "paper.link": ("This is a link or a special file.", "Put the PDF itself in the ZIP."),
    "paper.locked": (
        "The file is locked with a password in the ZIP.",
        "Make the ZIP again without a password.",
    ),
    "paper.bomb": ("The file would become absurdly large when unpacked.", "Make the PDF again."),
    "paper.damaged": ("The file is damaged and cannot be unpacked.", "Make the ZIP again."),
    "paper.empty": ("The file is empty.", "Make the PDF again."),
    "paper.nested": ("An archive inside the archive is not opened.", "Put the PDFs in the ZIP directly."),
    "paper.not-a-pdf": ("This is not a PDF.", "Put only PDFs in the ZIP."),
    "paper.too-large": ("The PDF is too large; at most 20 MB are allowed.", "Make its images smaller."),
    "paper.broken": ("The PDF is broken or cannot be read.", "Export it from its source again."),
    "paper.too-complex": ("The PDF is too complex to be checked.", "Export it from its source again."),
    "paper.encrypted": ("The PDF is encrypted.", "Save it without a password and without restrictions."),
    "paper.hybrid-xref": (
        "The PDF has hybrid references: programs may show it differently.",
        "Export it from its source again.",
    ),
    "paper.already-signed": (
        "The PDF is signed already; adding to it would break that signature.",
        "Use the PDF as it was before it was signed.",
    ),
    "paper.too-many-pages": ("The PDF has more than {expected} pages.", "Take pages out."),
    "paper.no-pages": ("The PDF has no pages.", "Make it again."),
    "paper.page-size": (
        "A page of the PDF is empty or larger than five meters.",
        "Export it on paper of an ordinary size.",
    ),
    "paper.javascript": ("The PDF contains a program (JavaScript).", "Export it without."),
    "paper.open-action": ("The PDF does something when it is opened.", "Export it without actions."),
    "paper.actions": ("The PDF contains actions.", "Export it without actions."),
    "paper.xfa": ("The PDF contains an XFA form.", "Export it as an ordinary PDF."),
    "paper.form-fields": ("The PDF has form fields.", "Flatten the form and export it again."),
    "paper.multimedia": ("The PDF contains sound or video.", "Take it out and export it again."),
    "paper.optional-content": (
        "The PDF has layers that can be shown or hidden.",
        "Flatten the layers and export it again.",
    ),
    "paper.external-content": ("The PDF refers to files outside of it.", "Embed them and export it again."),
    "paper.embedded-files": ("The PDF has files attached.", "Take them out and export it again."),
    "paper.template-keyword": (
        "The PDF says in its keywords that it was set from a template of Gakusho ({got}).",
        "Issue it from the template, or take that keyword out and export it again.",
    ),
    "paper.fonts-not-embedded": (
        "Fonts are not embedded, so that it may look different elsewhere.",
        "Better export it with its fonts embedded.",
    ),
    "paper.not-pdf-a": (
        "The PDF does not say that it is PDF/A, the kind for archives.",
        "Better export it as PDF/A, so that it can be read in decades.",
    ),
    "paper.code-page": (
        "The QR code is to stand on page {got}; the PDF has {expected}.",
        "Choose a page that every PDF has, such as 1, or -1 for the last one.",
    ),
    "paper.code-off-page": (
        "At its place and in its size the QR code would not lie on the page.",
        "Choose smaller margins or a smaller code.",
    ),
    "paper.code-covers": (
        "The QR code would cover words of the page.",
        "Look at the picture of the page, and choose another corner or other margins if it does.",
    ),
    # a file that cannot be taken at all
    "table.empty": ("The file is empty.", "Choose a table with a header and rows."),
    "table.no-rows": ("There is a header and no rows.", "Add one row for each person."),
    "table.excel": (
        "This is an Excel file, not a CSV.",
        "In Excel, save it as “CSV UTF-8 (Comma delimited)” and choose that file.",
    ),
    "table.kind": ("This is a {got} file, not a CSV.", "Choose a CSV."),
    "table.bytes": ("The file is too large ({got} bytes, at most {expected}).", "Divide it."),
    "table.rows": ("There are too many rows; at most {expected} are allowed.", "Divide the table."),
    "table.columns": ("Row {row} has too many columns ({got}, at most {expected}).", "Take columns out."),
    "table.cells": ("There are too many cells; at most {expected} are allowed.", "Take unused columns out."),
    "table.cell": (
        "A cell in row {row} is too long (at most {expected} characters).",
        "Check that the quotation marks near it are closed.",
    ),
    "table.nul": ("There is a NUL character in row {row}.", "Save it again as “CSV UTF-8”."),
    "table.encoding": ("The encoding {got} is not read.", "Save it again as “CSV UTF-8”."),
    "table.encoding-unknown": (
        "The encoding is neither UTF-8 nor Shift_JIS (row {row}).",
        "Save it again as “CSV UTF-8”.",
    ),
    "table.damaged": ("It should be {expected}, but row {row} is not.", "Save it again as “CSV UTF-8”."),
    "table.unclosed-quote": (
        "The quotation mark opened in row {row} is never closed.",
        "Close it, or write quotation marks inside a value twice.",
    ),
    "table.quote": (
        "In row {row} something follows a closing quotation mark.",
        "Write quotation marks inside a value twice.",
    ),
    "table.duplicate-header": ("Two columns are called “{got}”.", "Give each column a name of its own."),
    "rows": (
        "Rows with errors remain ({problems} problems).",
        "Mend the rows named and upload the table again.",
    ),
    "rows.none": ("There are no rows.", "Send at least one row."),
    "rows.unnamed": ("A value has no name.", "Give every value the name of its field."),
    "rows.empty": ("Row {row} says nothing.", "Leave it out, or fill it in."),
    "rows.surrogate": ("There is half of a character (a surrogate).", "Send proper Unicode."),
    # what was chosen
    "mapping.column": ("The table has no column “{got}”.", "Map the columns again."),
    "mapping.field": ("There is no field “{got}”.", "Map the columns again."),
    "mapping.twice": ("Two columns are mapped to the same field.", "Leave one of them out."),
    "choices": ("This cannot be chosen: {got}", "Choose from: {expected}."),
    # the way of a batch
    "batch.state": (
        "In its present state ({got}) this cannot be done with the batch.",
        "Reload the page to see where it stands.",
    ),
    "batch.nothing": (
        "No row of this batch would be issued.",
        "Treat duplicates in another way, or upload another table.",
    ),
    "batch.stale": (
        "Since the check, an award for the person in row {row} was issued or changed.",
        "Run the check again and submit anew.",
    ),
    "batch.changed": (
        "This is not what was submitted any more.",
        "Look at it again; if the achievement was changed, run the check again and submit anew.",
    ),
    "batch.reason": ("There is no reason for sending it back.", "Say what should be mended."),
    # achievements
    "achievement.archived": ("This achievement was put aside.", "Take it out of the archive first."),
    "achievement.unknown-member": ("There is no member “{got}”.", "There are: {expected}."),
    "achievement.missing-member": ("The member “{expected}” is missing.", "Add it."),
    "achievement.unreadable": ("The achievement cannot be read.", "Check the kinds of its members."),
    "achievement.faulty-member": ("The value of “{member}” cannot be used.", "Expected: {expected}."),
    "achievement.limit": (
        "“{member}” is too large ({got}, at most {expected}).",
        "Make it shorter or smaller.",
    ),
    "archive.unreadable": ("The archive of PDFs is not a ZIP, or is damaged.", "Make the ZIP again."),
    "archive.overlap": ("Files in the ZIP lie over one another.", "Make the ZIP again from the PDFs."),
    "archive.bytes": (
        "The ZIP is too large ({got} bytes, at most {expected}).",
        "Divide it into several batches.",
    ),
    "archive.total": (
        "Unpacked, the ZIP is too large ({got} bytes, at most {expected}).",
        "Divide it into several batches.",
    ),
    "archive.members": (
        "There are too many files ({got}, at most {expected}).",
        "Divide them into several batches.",
    ),
}
