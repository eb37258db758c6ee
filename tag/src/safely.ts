// Whatever goes wrong in here, the site's page goes on; its developer reads why in the browser's console.

export type Method = (...args: readonly unknown[]) => unknown;

export function safely(method: Method): Method {
  return (...args) => {
    try {
      return method(...args);
    } catch (error) {
      warn(String(error));
      return undefined;
    }
  };
}

export function warn(words: string): void {
  // oxlint-disable-next-line no-console
  console.warn(`rapport: ${words}`);
}
