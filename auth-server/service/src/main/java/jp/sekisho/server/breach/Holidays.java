package jp.sekisho.server.breach;

import java.time.LocalDate;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/** 国民の祝日, as far as somebody signed them; none where nobody did. */
@FunctionalInterface
interface Holidays {
  Set<LocalDate> of(Handle handle);
}
