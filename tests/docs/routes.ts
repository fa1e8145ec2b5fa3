/** Every route that a text names, in backticks or quotes. */
export function routesIn(text: string): string[] {
  const paths = text.matchAll(
    /[`"](\/(?:api|\.netlify\/functions)\/[^`"]+|\/healthz|\/readyz|\/metrics|\/openapi\.json)[`"]/g,
  );
  return [...new Set([...paths].map(([, path = ""]) => path).filter((path) => !path.endsWith("*")))];
}
