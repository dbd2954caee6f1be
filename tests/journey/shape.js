// SPDX-License-Identifier: Apache-2.0
// What a page is made of, whatever its words: of attributes in a language or with an id only whether they say anything.
() => {
  const words = "id|for|name|href|src|action|value|content|datetime|nonce|title|alt|placeholder|data-.*";
  const anyValue = new RegExp(`^(${words}|aria-(label|labelledby|describedby|controls))$`);
  const shape = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.data.trim() ? "t" : "";
    if (node.nodeType !== Node.ELEMENT_NODE || ["SCRIPT", "STYLE"].includes(node.tagName)) return "";
    const language = (value) => (["ja", "en"].includes(value) ? "known" : value);
    const said = ({ name, value }) => `${name}=${anyValue.test(name) ? Boolean(value.trim()) : name === "lang" ? language(value) : value}`;
    const inside = [];
    for (const child of node.childNodes) {
      const one = shape(child);
      if (one && one !== inside.at(-1)) inside.push(one);
    }
    return `<${node.tagName} ${[...node.attributes].map(said).sort().join(" ")}>${inside.join("")}</>`;
  };
  return shape(document.documentElement);
}
