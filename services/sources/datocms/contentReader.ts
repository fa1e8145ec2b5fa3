import { failed, mapped, type Result, succeeded, UNEXPECTED_ANSWER } from "../../../utils/failures.ts";
import { isJsonObject, type Json, type JsonObject } from "../../../utils/json.ts";
import type { ContentApi } from "./contentApi.ts";
import { type Sight, sightOf } from "./permissions.ts";
import { type Page, pageIn, type Resource, resourceIn, resourcesIn } from "./resource.ts";
import { type Schema, schemaFrom } from "./schema.ts";

/** What a DatoCMS environment holds, read as it is sent. Reads nothing before it is asked. */
export interface ContentReader {
  /** The environment itself: when it was made and last changed. */
  environment(): Promise<Result<EnvironmentIdentity>>;
  /** Whether the token sees all of it. */
  sight(): Promise<Result<Sight>>;
  schema(): Promise<Result<Schema>>;
  /** One of the lists that DatoCMS sends whole: `/plugins`, `/webhooks`, … */
  list(path: string): Promise<Result<Resource[]>>;
  /**
   * Records of a model as they are edited now, by id, page by page. The last page is followed by nothing; a failure
   * ends the reading.
   */
  records(modelId: string, withBlocks: boolean): AsyncGenerator<Result<Page>>;
  /**
   * Records of whatever model by their ids. Those that are not there, or have no such version, are missing.
   *
   * @param ids any number
   */
  recordsById(ids: readonly string[], version: Version, withBlocks: boolean): Promise<Result<Resource[]>>;
  /** Ids of the records that refer to one, in whatever version. */
  referrers(recordId: string): Promise<Result<string[]>>;
  schedules(recordId: string): Promise<Result<Schedules>>;
  /** How many records a model has, or how many uploads there are: without a model. */
  count(modelId: string | undefined): Promise<Result<number>>;
  /** Uploads by id, page by page. */
  uploads(): AsyncGenerator<Result<Page>>;
  /**
   * Uploads by their ids. Those that are not there are missing.
   *
   * @param ids any number
   */
  uploadsById(ids: readonly string[]): Promise<Result<Resource[]>>;
  /** Records that have an upload, as they are edited now or as they are published, each once. */
  recordsWithUpload(uploadId: string): Promise<Result<string[]>>;
  calls(): number;
}

/** Tells an environment from another that has had its name since, and from itself before it was promoted or changed. */
export interface EnvironmentIdentity {
  /** ISO 8601. */
  readonly createdAt: string;
  readonly primary: boolean;
  /** Undefined where DatoCMS does not tell. */
  readonly lastChangeAt: string | undefined;
}

export type Version = "current" | "published";

/** When a record is to be published or unpublished: the attributes that DatoCMS sends, null where it is not. */
export type Schedules = {
  readonly publication: JsonObject | null;
  readonly unpublishing: JsonObject | null;
};

/** DatoCMS's largest pages: records with their blocks come by 30. */
const MOST_WITH_BLOCKS = 30;
const MOST = 500;
/** Ids in one address: more would make it longer than servers take. */
const MOST_IDS = 100;
/** How many pages are asked for at once; the pacing of the calls bounds their number. */
const AHEAD = 4;

/** How many rows a page has at most. */
export function mostRows(withBlocks: boolean): number {
  return withBlocks ? MOST_WITH_BLOCKS : MOST;
}

/** How many records one call reads by their ids. */
export function mostIds(withBlocks: boolean): number {
  return withBlocks ? MOST_WITH_BLOCKS : MOST_IDS;
}

export function createContentReader(api: ContentApi, environmentId: string): ContentReader {
  return {
    calls: api.calls,

    async environment() {
      return understood(await api.get(`/environments/${encodeURIComponent(environmentId)}`), identityIn);
    },

    async sight() {
      const answer = await api.get("/users/me", { include: "role" });
      return mapped(answer, (me) => sightOf(me, environmentId));
    },

    async schema() {
      const include = "item_types,item_types.fields,item_types.fieldsets";
      const answer = await api.get("/site", { include });
      return understood(answer, (document) => {
        const site = resourceIn(document);
        const included = resourcesIn(document, "included");
        return site && included && schemaFrom(site, included);
      });
    },

    async list(path) {
      return understood(await api.get(path), resourcesIn);
    },

    records(modelId, withBlocks) {
      return pagesOf(api, "/items", mostRows(withBlocks), {
        "filter[type]": modelId,
        version: "current",
        ...(withBlocks && { nested: "true" }),
      });
    },

    async recordsById(ids, version, withBlocks) {
      const query = { version, ...(withBlocks && { nested: "true" }) };
      return byId(api, "/items", ids, mostIds(withBlocks), query);
    },

    async referrers(recordId) {
      const answer = await api.get(`/items/${encodeURIComponent(recordId)}/references`, {
        version: "published-or-current",
        nested: "false",
      });
      return mapped(understood(answer, resourcesIn), (records) => records.map(({ id }) => id));
    },

    async schedules(recordId) {
      const answer = await api.get(`/items/${encodeURIComponent(recordId)}/current-vs-published-state`);
      return understood(answer, (document) => {
        const included = resourcesIn(document, "included") ?? [];
        const ofType = (type: string) => included.find((each) => each.type === type)?.attributes ?? null;
        const publication = ofType("scheduled_publication");
        const unpublishing = ofType("scheduled_unpublishing");
        return resourceIn(document) && { publication, unpublishing };
      });
    },

    async count(modelId) {
      const of = modelId === undefined ? {} : { "filter[type]": modelId, version: "current" };
      const answer = await api.get(modelId === undefined ? "/uploads" : "/items", {
        ...of,
        "page[limit]": "0",
      });
      return mapped(understood(answer, pageIn), ({ total }) => total);
    },

    uploads: () => pagesOf(api, "/uploads", MOST, {}),

    uploadsById: (ids) => byId(api, "/uploads", ids, MOST_IDS),

    async recordsWithUpload(uploadId) {
      const found = new Set<string>();
      for (const version of ["current", "published"]) {
        const answer = await api.get(`/uploads/${encodeURIComponent(uploadId)}/references`, { version });
        const records = understood(answer, resourcesIn);
        if (!records.ok) return records;
        for (const { id } of records.value) found.add(id);
      }
      return succeeded([...found]);
    },
  };
}

/** @param most how many ids one call takes */
async function byId(
  api: ContentApi,
  path: string,
  ids: readonly string[],
  most: number,
  query: Readonly<Record<string, string>> = {},
): Promise<Result<Resource[]>> {
  const found: Resource[] = [];
  for (let first = 0; first < ids.length; first += most) {
    const wanted = { "filter[ids]": ids.slice(first, first + most).join(","), "page[limit]": String(most) };
    const page = understood(await api.get(path, { ...query, ...wanted }), pageIn);
    if (!page.ok) return page;
    found.push(...page.value.rows);
  }
  return succeeded(found);
}

/** All pages in order; several are on their way at once. */
async function* pagesOf(
  api: ContentApi,
  path: string,
  limit: number,
  query: Readonly<Record<string, string>>,
): AsyncGenerator<Result<Page>> {
  const read = async (offset: number) => {
    const paging = { order_by: "id_ASC", "page[offset]": String(offset), "page[limit]": String(limit) };
    return understood(await api.get(path, { ...query, ...paging }), pageIn);
  };
  const first = await read(0);
  yield first;
  if (!first.ok) return;
  const { rows, total } = first.value;
  // DatoCMS may send fewer rows than it was asked for, so what it sends is what is stepped by.
  const step = rows.length;
  let ahead: Promise<Result<Page>>[] = [];
  for (let seen = step, asked = step; step > 0 && seen < total; ) {
    for (; ahead.length < AHEAD && asked < total; asked += step) ahead.push(read(asked));
    const page = await ahead.shift();
    if (page === undefined) return;
    yield page;
    if (!page.ok || page.value.rows.length === 0) return;
    seen += page.value.rows.length;
    if (page.value.rows.length === step) continue;
    // The pages that are on their way begin too far on.
    ahead = [];
    asked = seen;
  }
}

/** An environment has no attributes: what is said of it stands in `meta`. */
function identityIn(document: Json): EnvironmentIdentity | undefined {
  const data = isJsonObject(document) ? document.data : undefined;
  const meta = isJsonObject(data) ? data.meta : undefined;
  if (!isJsonObject(meta)) return undefined;
  const { created_at, last_data_change_at, primary } = meta;
  if (typeof created_at !== "string" || typeof primary !== "boolean") return undefined;
  return {
    createdAt: created_at,
    primary,
    lastChangeAt: typeof last_data_change_at === "string" ? last_data_change_at : undefined,
  };
}

function understood<T>(answer: Result<Json>, read: (document: Json) => T | undefined): Result<T> {
  if (!answer.ok) return answer;
  const value = read(answer.value);
  return value === undefined ? failed(UNEXPECTED_ANSWER) : succeeded(value);
}
