/** The older place of the client, which every host shares now. */
export { ApiError, buildClient } from "./libraryClient.ts";
