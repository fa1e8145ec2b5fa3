/**
 * What nobody outside DatoCMS knows for sure. Every member is an option here, so that a test can try the
 * service against each possibility. `UNKNOWN.md` tells what is unknown and why the default is what it is.
 */
export type Unknowns = {
  /** Status of a fork with `immediate_return`; it cannot be 202. */
  immediateReturnStatus: 200 | 201;
  /** Statuses of error codes, by code; they override the defaults of `errors.ts`. */
  statuses: Readonly<Record<string, number>>;
  /** Where a fork beyond the plan is refused: at once, or in the job (the pending copy then vanishes). */
  planRefusal: "sync" | "in-job";
  planRefusalCode: "PLAN_UPGRADE_REQUIRED" | "LIMIT_REACHED" | "TECHNICAL_LIMIT_REACHED";
  /** Whether an environment on its way out can still be listed and found. */
  destroying: "listed-until-gone" | "hidden-at-once";
  /** Whether a pending fork is in the list; `find` knows it in either case. */
  creating: "listed" | "unlisted";
  creatingCountsForPlan: boolean;
  destroyingCountsForPlan: boolean;
  /** What is refused with CONCURRENT_ENVIRONMENT_UPDATE while another operation is under way. */
  concurrentOperations: "allowed" | "refuse-forks" | "refuse-all";
  concurrentIsTransient: boolean;
  destroyForkingOrigin: "refuse" | "allow";
  destroyCreating: "allow" | "refuse";
  /** A second destroy of an environment that is on its way out. */
  destroyDestroying: "refuse" | "accept";
  renameWhileForking: "allow" | "refuse";
  /** Whether `force_use_of_sandbox_environments` blocks writes of plugin parameters in the primary. */
  forceSandboxBlocksPlugins: boolean;
  /** Records per page with `nested=true`: silently 30 at most, refused beyond 30, or as without. */
  nestedPages: "cap" | "refuse" | "unlimited";
  /** `fork_completion_percentage` while creating. */
  percentage: "present" | "absent";
  renameKeepsCreatedAt: boolean;
  renameKeepsForkedFrom: boolean;
  /** `forked_from` of copies whose source is renamed. */
  forkedFromAfterRename: "dead-name" | "follows";
  /** Environments that `environments_access` excludes: left out and not found, or the call is refused. */
  forbiddenEnvironments: "hide" | "refuse";
  /** Whether the primary's plugins are closed to changes in maintenance mode. */
  maintenanceBlocksPlugins: boolean;
  /** Whether the primary keeps its id in maintenance mode. */
  maintenanceBlocksRename: boolean;
  /** Whether a promote ends maintenance mode; otherwise it goes on for the new primary. */
  promoteEndsMaintenance: boolean;
  renameNeeds: "can_manage_environments" | "can_promote_environments" | "can_edit_environment";
  /** Longest environment id in characters; null: no limit. */
  idMaxLength: number | null;
  listOrder: "oldest-first" | "newest-first";
  /** Whether a write of plugin parameters moves `last_data_change_at`. */
  parametersMoveLastDataChange: boolean;
  /** Answer to a token without `can_access_cma`. */
  noCmaAccess: "INSUFFICIENT_PERMISSIONS" | "INVALID_AUTHORIZATION_HEADER";
};

export const unknownDefaults: Unknowns = {
  immediateReturnStatus: 201,
  statuses: {},
  planRefusal: "sync",
  planRefusalCode: "PLAN_UPGRADE_REQUIRED",
  destroying: "listed-until-gone",
  creating: "listed",
  creatingCountsForPlan: true,
  destroyingCountsForPlan: true,
  concurrentOperations: "allowed",
  concurrentIsTransient: true,
  destroyForkingOrigin: "refuse",
  destroyCreating: "allow",
  destroyDestroying: "refuse",
  renameWhileForking: "allow",
  forceSandboxBlocksPlugins: false,
  nestedPages: "cap",
  percentage: "present",
  renameKeepsCreatedAt: true,
  renameKeepsForkedFrom: true,
  forkedFromAfterRename: "dead-name",
  forbiddenEnvironments: "hide",
  maintenanceBlocksPlugins: true,
  maintenanceBlocksRename: false,
  promoteEndsMaintenance: false,
  renameNeeds: "can_manage_environments",
  idMaxLength: null,
  listOrder: "oldest-first",
  parametersMoveLastDataChange: false,
  noCmaAccess: "INSUFFICIENT_PERMISSIONS",
};
