/**
 * What runs first, compiled for Java 17: on an older Java than the service needs it says so in one
 * sentence, where the service's own classes would only fail to load.
 */
@NullMarked
package jp.sekisho.server.launch;

import org.jspecify.annotations.NullMarked;
