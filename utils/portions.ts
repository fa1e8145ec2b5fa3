/** Parts of a list, in order. @param most how many each has at most */
export function* portionsOf<T>(all: readonly T[], most: number): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += most) yield all.slice(at, at + most);
}
