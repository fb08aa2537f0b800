// Every line of an NDJSON file against a schema, as people write it: read all, split, parse, validate.
const fs = require('fs')
const path = require('path')
const Ajv = require(path.join(process.argv[2], 'node_modules/ajv/dist/2020')).default

const schema = JSON.parse(fs.readFileSync(process.argv[3], 'utf8'))
const validate = new Ajv().compile(schema)
let documents = 0
let invalid = 0
for (const line of fs.readFileSync(process.argv[4], 'utf8').split('\n')) {
  if (line === '') continue
  documents += 1
  if (!validate(JSON.parse(line))) invalid += 1
}
console.log(`${documents} documents, ${invalid} invalid`)
process.exit(invalid > 0 ? 1 : 0)
