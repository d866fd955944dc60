/** UTF-8 bytes of a text: WeCom's limits count them. */
export const nBytes = (text: string) => new TextEncoder().encode(text).length;
