package jp.sekisho.protocol;

/**
 * How often an exception is asked for (定例許可).
 *
 * @param repeat {@code weekly} or {@code monthly}
 * @param count how many times, the first included: 2 to {@value
 *     jp.sekisho.protocol.statement.GrantSeries#MAX_COUNT}
 */
public record NewSeries(String repeat, int count) {}
