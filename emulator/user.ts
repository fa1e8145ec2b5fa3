import { type Edit, person } from "./content/edit.ts";
import type { Environment } from "./environment.ts";
import { assertFreeId, beginDestroy, beginFork, forkDuration, promote, rename } from "./environments.ts";
import { backupPlugin, withParameters } from "./plugins.ts";
import { byId, primaryOf, record, type State, settle } from "./state.ts";

/** What a person does in the DatoCMS interface. Each call takes effect at once or throws an Error. */
export type User = {
  /**
   * @param source null: the primary
   * @param options.createdAt milliseconds since 1970, in the past: seeds an old copy; default now
   * @param options.ready skip `creating`
   */
  fork(source: string | null, id: string, options?: { createdAt?: number; ready?: boolean }): void;
  rename(id: string, newId: string): void;
  promote(id: string): void;
  /** The environment is gone at once. */
  destroy(id: string): void;
  /** Sets the totals, takes records with content away, and moves `last_data_change_at`. */
  edit(id: string, change?: { items?: number; uploads?: number; deletedRecords?: readonly string[] }): void;
  /**
   * Changes the content of an environment by the rules that `change` asks for, or none: all of it or nothing.
   *
   * @throws Error when it has none
   */
  change(id: string, change: (edit: Edit) => void): void;
  /** Opens these records of an environment, and closes any other: nobody else can write them. */
  open(id: string, records: readonly string[]): void;
  /** Replaces the parameters; default plugin: the backup plugin, else the first one. */
  setParameters(id: string, parameters: Record<string, unknown>, pluginId?: string): void;
};

/** @returns a person who works in this project */
export function userOf(state: State): User {
  const by = "user";

  function existing(id: string): Environment {
    settle(state);
    const environment = byId(state, id);
    if (environment === undefined) throw new Error(`There is no environment "${id}".`);
    return environment;
  }

  return {
    fork(sourceId, id, options = {}) {
      settle(state);
      const source = sourceId === null ? primaryOf(state) : existing(sourceId);
      assertFreeId(state, id);
      beginFork(state, {
        source,
        id,
        beganAt: options.createdAt ?? state.clock.now(),
        durationMs: options.ready === true ? 0 : forkDuration(state, state.forks + 1),
        fast: false,
        ending: undefined,
        job: null,
        by,
        seeded: options.createdAt !== undefined,
      });
      settle(state);
    },
    rename(id, newId) {
      const environment = existing(id);
      assertFreeId(state, newId);
      rename(state, environment, newId, by);
    },
    promote(id) {
      const environment = existing(id);
      if (environment.phase.kind !== "ready") throw new Error(`"${id}" is not ready.`);
      promote(state, environment, by);
    },
    destroy(id) {
      const environment = existing(id);
      if (environment.primary) throw new Error(`"${id}" is the primary environment.`);
      if (environment.phase.kind === "destroying") environment.phase.goneAt = state.clock.now();
      else beginDestroy(state, environment, { durationMs: 0, ending: undefined, job: null, by });
      settle(state);
    },
    edit(id, { deletedRecords = [], ...change } = {}) {
      const environment = existing(id);
      Object.assign(environment, change);
      environment.records = environment.records.filter((each) => !deletedRecords.includes(each.id));
      environment.lastDataChangeAt = state.clock.now();
      record(state, { at: state.clock.now(), type: "data-changed", id, by });
    },
    change(id, change) {
      const environment = existing(id);
      const { content } = environment;
      if (content === null) throw new Error(`"${id}" has no content.`);
      const { mint, clock, settings } = state;
      const edit = { content, mint, now: clock.now(), unknowns: settings.contentUnknowns, actor: person };
      content.atomically(() => change(edit));
      environment.lastDataChangeAt = clock.now();
      record(state, { at: clock.now(), type: "data-changed", id, by });
    },
    open(id, records) {
      const { content } = existing(id);
      if (content === null) throw new Error(`"${id}" has no content.`);
      content.openItems = new Set(records);
    },
    setParameters(id, parameters, pluginId) {
      const environment = existing(id);
      const { plugins } = environment;
      const plugin =
        pluginId === undefined
          ? (plugins.find(({ package_name }) => package_name === backupPlugin.package_name) ?? plugins[0])
          : plugins.find((other) => other.id === pluginId);
      if (plugin === undefined) throw new Error(`There is no such plugin in "${id}".`);
      const changed = withParameters(plugin, parameters);
      environment.plugins = plugins.map((other) => (other === plugin ? changed : other));
      record(state, { at: state.clock.now(), type: "parameters-changed", id, by });
    },
  };
}
