/** Takes output piece by piece; resolves when it wants more. */
export type Sink = (piece: string | Uint8Array) => Promise<void>;
