/** The service's version, as package.json has it: bundles for functions and Workers leave that file behind. */
export const VERSION = "0.1.0";
