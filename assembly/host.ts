// What the host computes, once per distinct text. Texts are passed by address; answers are written to ANSWER_AT.

/** Writes the text without signatures; returns its length. */
// @ts-ignore: decorator
@external('host', 'redact')
export declare function redact(p: usize, n: usize): usize;

/** Writes the JSON value as a JSON column holds it; returns its length, -1 to bail. */
// @ts-ignore: decorator
@external('host', 'json')
export declare function json(p: usize, n: usize, depth: u32): i32;

/** Writes sas_id and token_fingerprint of a query, 8 bytes each, and the set; returns 1 + the kind of its SAS, 0 if it has none. */
// @ts-ignore: decorator
@external('host', 'sas')
export declare function sas(query: usize, n: usize, account: usize, accountLength: usize): u32;

/** Writes the class of an operation; returns its length, 0 for one whose rows are left to the host. */
// @ts-ignore: decorator
@external('host', 'operationClass')
export declare function operationClass(name: usize, n: usize, category: usize, categoryLength: usize): usize;

/** Writes the category of an operation of classic logs; returns its length. */
// @ts-ignore: decorator
@external('host', 'operationCategory')
export declare function operationCategory(name: usize, n: usize): usize;

/** Writes the auth_type of an identity.type; returns its length. `sas` as `sas` returned it. */
// @ts-ignore: decorator
@external('host', 'authType')
export declare function authType(type: usize, n: usize, sas: u32): usize;

/** Writes the class of an address that is IPv6 or withheld; returns its length, 0 if it is neither. */
// @ts-ignore: decorator
@external('host', 'ipClass')
export declare function ipClass(p: usize, n: usize): usize;

/** Writes the class of the IPv4 network of 16 bits; returns its length. */
// @ts-ignore: decorator
@external('host', 'networkClass')
export declare function networkClass(network: u32): usize;

/** Writes a Last-Modified, microseconds i64 and tick u8; returns 1, 0 for one that says nothing, -1 to bail. */
// @ts-ignore: decorator
@external('host', 'lastModified')
export declare function lastModified(p: usize, n: usize): i32;
