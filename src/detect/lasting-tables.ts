/**
 * A database in memory for tables that are kept for months: counters that are mostly zero, and the same few texts. Each checkpoint
 * compresses what came since to a quarter; what is dropped within days is not worth that.
 */
export const attachLasting = "ATTACH ':memory:' AS lasting (COMPRESS)";

/** Makes a connection see its tables by their names alone, behind those of its own database, where it makes new ones. */
export const showLasting = "SET search_path = 'memory.main,lasting.main'";
