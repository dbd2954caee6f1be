// SPDX-License-Identifier: Apache-2.0
// What is thrown for a code that cannot be read; its message says what was found.
export class Broken extends Error {}
