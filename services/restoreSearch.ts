import { mapped, type Result } from "../utils/failures.ts";
import { type SearchResult, searchRecords } from "./archive/restore/search.ts";
import { type Searchable, searchableArchive, searchableEnvironment } from "./archive/restore/searchable.ts";
import type { SearchQuery } from "./archive/restore/searchQuery.ts";
import type { RestoreFailure } from "./archive/restore/words.ts";
import type { Environment } from "./datocms/environments.ts";
import type { Project } from "./project.ts";
import {
  createSides,
  type RestoreHost,
  readyEnvironment,
  type Sides,
  type SourceName,
} from "./restoreSides.ts";
import { environmentsFor } from "./restoreTarget.ts";

/** What is looked for, and where. */
export interface SearchRequest {
  readonly source: SourceName;
  readonly query: SearchQuery;
  /** How many records are told. */
  readonly most: number;
  /** DatoCMS calls. */
  readonly callsPerSecond: number;
}

/** Finds records in an archive or an environment. Writes nothing. */
export async function findRecords(
  project: Project,
  host: RestoreHost,
  { source, query, most, callsPerSecond }: SearchRequest,
): Promise<Result<SearchResult, RestoreFailure>> {
  const sides = createSides(project, host, callsPerSecond);
  if (!sides.ok) return sides;
  const searchable =
    source.kind === "archive"
      ? await archiveOf(sides.value, source.name)
      : await environmentOf(sides.value, await environmentsFor(project, host).list(), source.id);
  return searchable.ok ? searchRecords(searchable.value, query, most) : searchable;
}

async function archiveOf(sides: Sides, name: string): Promise<Result<Searchable, RestoreFailure>> {
  const side = await sides.archive(name);
  if (!side.ok) return side;
  const { value: archive } = side;
  return mapped(await archive.snapshot(), (snapshot) => searchableArchive(snapshot, archive.name));
}

async function environmentOf(
  sides: Sides,
  listed: Result<readonly Environment[]>,
  id: string,
): Promise<Result<Searchable, RestoreFailure>> {
  if (!listed.ok) return listed;
  const environment = readyEnvironment(listed.value, id);
  if (!environment.ok) return environment;
  const hidden = await sides.hidden();
  if (!hidden.ok) return hidden;
  const side = await sides.environment(environment.value);
  if (!side.ok) return side;
  const { reader, schema } = side.value;
  return mapped(await schema(), (read) => searchableEnvironment(reader, read, hidden.value));
}
