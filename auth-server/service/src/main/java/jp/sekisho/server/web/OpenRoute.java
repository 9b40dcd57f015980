package jp.sekisho.server.web;

/**
 * A route of the people's port that needs no session, declared by a bean of the feature that owns
 * it.
 */
@FunctionalInterface
public interface OpenRoute {
  /** Whether {@code path} is that route; the whole path, without query. */
  boolean matches(String path);
}
