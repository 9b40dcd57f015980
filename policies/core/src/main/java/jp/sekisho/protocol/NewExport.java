package jp.sekisho.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What leaves under an exception that a person asks for, at most.
 *
 * @param recipient id of the recipient (提供先), as the signed policy has it
 * @param files how many
 * @param bytes of their content together
 * @param names what they are called; null or empty unless they leave in plain
 */
public record NewExport(String recipient, int files, long bytes, @Nullable List<String> names) {
  public NewExport {
    names = names == null ? null : List.copyOf(names);
  }
}
