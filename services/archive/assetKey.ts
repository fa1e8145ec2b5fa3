/** Where a file lies in the store: known before it was read, and the same for all uploads that have its bytes. */
export function assetKey({ md5, size }: { readonly md5: string; readonly size: number }): string {
  return `assets/md5-${md5}-${size}`;
}
