// The library's files have no types beside them, only in another folder.
declare module "@datocms/cma-client/dist/esm/generated/resources/Environment.js" {
  export { Environment as default } from "@datocms/cma-client/dist/types/generated/resources/index.js";
}
declare module "@datocms/cma-client/dist/esm/generated/resources/Plugin.js" {
  export { Plugin as default } from "@datocms/cma-client/dist/types/generated/resources/index.js";
}
declare module "@datocms/cma-client/dist/esm/generated/resources/PublicInfo.js" {
  export { PublicInfo as default } from "@datocms/cma-client/dist/types/generated/resources/index.js";
}
declare module "@datocms/cma-client/dist/esm/generated/resources/SubscriptionLimit.js" {
  export { SubscriptionLimit as default } from "@datocms/cma-client/dist/types/generated/resources/index.js";
}
declare module "@datocms/cma-client/dist/esm/generated/resources/User.js" {
  export { User as default } from "@datocms/cma-client/dist/types/generated/resources/index.js";
}
