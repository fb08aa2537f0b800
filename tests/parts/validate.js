#!/usr/bin/env node
// validate.js SCHEMA FILE…: checks JSON files against a JSON Schema of draft 4,
// 7, 2019-09 or 2020-12, with Ajv: a validator that is not ours. Prints what is
// wrong, one fault a line; ends with 1 if something is.
"use strict";

const { readFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { homedir } = require("node:os");
const { join } = require("node:path");

const tools = process.env.LINKSPAN_TOOLS || join(homedir(), ".cache", "linkspan-tools");
const part = createRequire(join(tools, "schemas", "package.json"));

const CLASSES = [
  ["draft-04", "ajv-draft-04"],
  ["2019-09", "ajv/dist/2019"],
  ["2020-12", "ajv/dist/2020"],
];

function read(path) {
  return JSON.parse(readFileSync(path, "utf8"));
}

function validator(schema) {
  const found = CLASSES.find(([dialect]) => String(schema.$schema).includes(dialect));
  const Ajv = part(found ? found[1] : "ajv");
  // published schemas have formats and patterns that strictness would refuse
  const options = { allErrors: true, strict: false, unicodeRegExp: false, logger: false };
  const ajv = new (Ajv.default || Ajv)(options);
  part("ajv-formats")(ajv);
  return ajv.compile(schema);
}

// Whether the file is valid; says what is not.
function check(validate, path) {
  if (validate(read(path))) {
    return true;
  }
  for (const fault of validate.errors) {
    console.log(`${path}#${fault.instancePath}: ${fault.message} ${JSON.stringify(fault.params)}`);
  }
  return false;
}

const [schema, ...files] = process.argv.slice(2);
if (files.length === 0) {
  console.error("usage: validate.js SCHEMA FILE…");
  process.exit(2);
}
const validate = validator(read(schema));
const valid = files.map((file) => check(validate, file));
process.exit(valid.every(Boolean) ? 0 : 1);
