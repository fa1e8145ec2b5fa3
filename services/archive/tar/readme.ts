import { visible } from "../../../utils/visible.ts";
import type { Manifest } from "../manifest.ts";
import { withoutDevice } from "../names.ts";

/** Longer names of projects are cut. */
const LONGEST_NAME = 60;

/**
 * What the tar of an archive says of itself, to somebody who has nothing but the usual tools. The same archive gets the
 * same text.
 */
export function readmeOf(manifest: Manifest): string {
  const { id, createdAt, source, counts, partial } = manifest;
  const name = visible(source.projectName).slice(0, LONGEST_NAME);
  return `${name === "" ? "A DatoCMS project" : name} (DatoCMS project ${source.projectId})

archive      ${id}
of           environment ${source.environment}, ${createdAt}
holds        ${counts.records} records, ${counts.uploads} uploads, ${counts.models} models
complete     ${partial ? 'no: manifest.json says under "warnings" what is missing' : "yes"}

This is the content of a DatoCMS project, written by datocms-backups. It can be
read with tar, sha256sum, zcat and jq; on macOS write gzcat for zcat, and
"shasum -a 256" for sha256sum. Run the commands in the folder of this file.


Is every byte as it was written? No answer is good news:

    sha256sum --check --quiet SHA256SUMS


What is here:

    manifest.json     what this archive is: files, sizes, hashes, counts
    schema/           models, fields and all that shapes content, as JSON
    records/          a folder for each model, about a hundred records a file
    uploads/          what DatoCMS says of each upload
    project/          roles, webhooks, build triggers, tokens; without secrets
    index/            of each record: its hash, and what it refers to
    assets/           the files of uploads: assets/<upload id>/<file name>

A .ndjson.gz file has one JSON document in each line. A record's line:

    id, model               the ids that DatoCMS gave it
    current                 the record as it was edited last, blocks in it
    published               what is published, where that is another version
    publishedIsCurrent      true: what is published is "current"
    schedules               when it is to be published or unpublished

A value {"$redacted": …} was a secret, and is not in the archive.


How many records each model has:

    jq -r '.models[] | "\\(.records) \\(.apiKey)"' manifest.json

${recordsText(manifest)}${uploadsText(manifest)}
To keep it in a store of datocms-backups again:

    datocms-backups archive upload FILE.tar
`;
}

function recordsText({ models }: Manifest): string {
  const model = models.find(({ records }) => records > 0);
  if (model === undefined) return "";
  const folder = `records/${withoutDevice(model.apiKey)}`;
  return `The records of one model, here the model ${model.apiKey}:

    zcat ${folder}/*.ndjson.gz | jq .current.attributes

Which records are drafts, and one record by its id:

    zcat records/*/*.ndjson.gz | jq -r 'select(.current.meta.status == "draft") | .id'
    zcat records/*/*.ndjson.gz | jq 'select(.id == "ID")'

`;
}

function uploadsText({ counts }: Manifest): string {
  if (counts.uploads === 0) return "";
  return `Each upload, its file name, and whether its file is here ("original") or "missing":

    zcat uploads/*.ndjson.gz | jq -r '"\\(.id) \\(.attributes.filename) \\(.asset.bytes)"'

`;
}
