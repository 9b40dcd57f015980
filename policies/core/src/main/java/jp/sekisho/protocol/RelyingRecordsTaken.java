package jp.sekisho.protocol;

/**
 * The answer to {@link RelyingRecords}, after its entries are durable.
 *
 * @param seq highest record held of that spool
 */
public record RelyingRecordsTaken(long seq) {}
