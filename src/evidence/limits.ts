/** How long the server's answer may take, and how long it may be. */
export const SERVER_LIMITS = { timeoutMs: 2_000, maxBytes: 16_384 };

/** How long all answers of the proxy's admin may take together, and how long each may be. */
export const PROXY_LIMITS = { timeoutMs: 4_000, maxBytes: 1_048_576 };
