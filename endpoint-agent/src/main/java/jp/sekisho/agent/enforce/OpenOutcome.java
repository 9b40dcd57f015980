package jp.sekisho.agent.enforce;

import java.nio.file.Path;
import jp.sekisho.protocol.Refusal;

/** What came of opening a medium. */
public sealed interface OpenOutcome {
  /**
   * It is mounted read-only, as the kernel's own table of mounts says.
   *
   * @param mountPoint directory with its files
   */
  record Opened(Path mountPoint) implements OpenOutcome {}

  /**
   * It is not; whatever was begun was taken back and the medium is blocked again.
   *
   * @param reason {@code MEDIUM_ABSENT}, {@code MEDIUM_CHANGED}, {@code MEDIUM_UNUSABLE}, {@code
   *     MEDIUM_FILE_SYSTEM}, {@code MEDIUM_NOT_OPENED}, {@code USB_DRIVER}, {@code NOT_ENFORCING}
   *     or {@code RECORDS_FULL}
   */
  record Failed(Refusal reason) implements OpenOutcome {}
}
