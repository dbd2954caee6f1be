// SPDX-License-Identifier: Apache-2.0
// Shows the interactive documentation of the API.
const place = document.getElementById("api");
globalThis.SwaggerUIBundle({ url: place.dataset.openapi, domNode: place, deepLinking: true });
