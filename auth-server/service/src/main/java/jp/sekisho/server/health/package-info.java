/** Whether the service can do its work, for load balancers and monitoring. */
@NullMarked
package jp.sekisho.server.health;

import org.jspecify.annotations.NullMarked;
