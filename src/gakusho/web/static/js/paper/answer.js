// SPDX-License-Identifier: Apache-2.0
// The answer as a page: the verdict, the values to compare with the paper, what was checked and what was not.
// Everything from a code goes in as text.

const make = (tag, { class: name, ...attributes } = {}, ...children) => {
  const made = document.createElement(tag);
  if (name) made.className = name;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
};

const filled = (text, values) => Object.entries(values).reduce((words, [name, value]) => words.replaceAll(`{${name}}`, value), text);

// What all is told by: the worst of it. Good but for the status is never called valid: nobody was asked.
const verdict = (found) => {
  const bad = found.checks.filter((check) => check.outcome === "invalid").map((check) => check.code);
  if (!bad.length) return found.outcome === "valid" ? ["signed", "signed"] : ["unknown", "not-checked"];
  if (bad.every((code) => code === "dates.valid-until")) return found.checks.some((check) => check.outcome === "unknown") ? ["unknown", "not-checked"] : ["ended", "expired"];
  if (bad.every((code) => code === "dates.valid-from")) return ["early", "expired"];
  return ["forged", "not-genuine"];
};

const facts = (pairs) =>
  make("dl", { class: "facts" }, ...pairs.filter(([, value]) => value).map(([term, value]) => make("div", {}, make("dt", {}, term), make("dd", {}, value))));

const best = (text, language) => text[language] ?? text.ja ?? text.en ?? Object.values(text)[0] ?? "";
const all = (text, language) => [...new Set([best(text, language), ...Object.values(text)])].join(" / ");

const table = (award, words) => {
  if (!award.results.length) return null;
  const columns = [["name", words["result.name"]], ["value", words["result.value"]], ["credits", words["result.credits"]], ["term", words["result.term"]]]
    .filter(([column]) => award.results.some((row) => row[column]));
  const head = make("thead", {}, make("tr", {}, ...columns.map(([, label]) => make("th", { scope: "col" }, label))));
  const body = make("tbody", {}, ...award.results.map((row) => make("tr", {}, ...columns.map(([column], place) =>
    (place ? make("td", {}, row[column]) : make("th", { scope: "row" }, row[column]))))));
  const caption = filled(words.results, { n: award.results.length });
  return make("div", { class: "table-wrap", tabindex: "0", role: "region", "aria-label": caption },
    make("table", { class: "results" }, make("caption", {}, caption), head, body));
};

const day = (iso, show) => (iso ? show(`${iso}T12:00:00`) : "");

const values = (found, genuine, { words, language, kinds, directory, day: show }) => {
  const { award } = found;
  const known = genuine ? directory.issuers[award.issuer] : null;
  const issuer = known ? all(known.name, language) : `${words.claimed_issuer} ${all(award.issuerName, language)}`;
  return facts([
    [words["fact.name"], award.name],
    [words["fact.romaji"], [award.romaji, award.kana].filter(Boolean).join(" · ")],
    [words["fact.former_name"], award.former_name],
    [words["fact.birth_date"], day(award.birthDate, show)],
    [words["fact.achievement"], all(award.achievementName, language)],
    [words["fact.type"], kinds[award.achievementType] ?? award.achievementType],
    [words["fact.field"], award.field_of_study],
    [words["fact.narrative"], award.narrative],
    [words["fact.awarded_on"], day(award.awardedOn, show)],
    [words["fact.issue_number"], award.issue_number],
    [words["fact.student_number"], award.student_number],
    [words["fact.addressee"], award.addressee],
    [words["fact.purpose"], award.purpose],
    [words["fact.issuer"], issuer],
    [words["fact.issued"], show(award.issuedAt * 1000)],
    [words["fact.ends"], award.ends === null ? "" : show(award.ends * 1000)],
    [words["fact.id"], award.id],
  ]);
};

const MARKS = { valid: ["good", "✓"], invalid: ["bad", "×"], unknown: ["wait", "…"] };

const checks = (found, { words, directory, day: show, days }) => {
  const told = found.checks.map(({ code, outcome, reason }) => {
    const key = [`check.${code}.${outcome}.${reason}`, `check.${code}.${outcome}`].find((one) => words[one]);
    return [outcome, filled(words[key] ?? code, { day: show(directory.asOf), days, issuer: found.award?.issuer ?? "" })];
  });
  if (found.award) told.push(["unknown", words["check.status"]]);
  return make("ul", { class: "paper-checks" }, ...told.map(([outcome, sentence]) =>
    make("li", {}, make("span", { class: `tag tag-${MARKS[outcome][0]}` }, make("span", { class: "tag-mark", "aria-hidden": "true" }, MARKS[outcome][1]), words[`outcome.${outcome}`]), " ", sentence)));
};

const ask = (text, words, label) => {
  const field = make("input", { type: "hidden", name: "text" });
  field.value = text;
  return make("form", { method: "post", action: "/verify", enctype: "multipart/form-data" }, field,
    make("button", {}, label), make("p", { class: "hint" }, words["ask.hint"]));
};

// Gives the elements of the answer.
export const drawn = (found, context) => {
  const { words, text } = context;
  const [kind, shape] = verdict(found);
  const parts = [
    make("section", { class: `verdict verdict-${shape}`, "data-outcome": found.outcome }, make("span", { class: "verdict-shape", "aria-hidden": "true" }),
      make("div", {}, make("p", { class: "verdict-word" }, words[`verdict.${kind}`]), make("p", { class: "verdict-sentence" }, words[`verdict.${kind}.why`]))),
  ];
  if (found.award) {
    const genuine = kind !== "forged" && kind !== "unknown";
    parts.push(make("section", { class: "sheet" }, make("h2", {}, genuine ? words.compare : words.claimed),
      make("p", { class: "muted" }, genuine ? words["compare.why"] : words["claimed.why"]), values(found, genuine, context), table(found.award, words),
      found.award.resultsLeftOut ? make("p", {}, filled(words.left_out, { n: found.award.resultsLeftOut })) : null));
  }
  parts.push(make("section", {}, make("h2", {}, words.checks), checks(found, context)), ask(text, words, words.ask));
  return parts;
};

const MOST_SHOWN = 300;

// Gives the elements for a code that is none of the signed ones: what it says, as text, and the server to ask.
export const offered = (text, words) => [
  make("section", { class: "sheet" }, make("h2", {}, words.says),
    make("p", { class: "digest" }, text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text), ask(text, words, words.send)),
];
