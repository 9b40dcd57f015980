package jp.sekisho.agent.intake;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import jp.sekisho.protocol.Refusal;

/** What looks for viruses. One file at a time. */
public interface Scanner {
  /** Where none is configured: nothing is taken in. */
  Scanner NONE =
      new Scanner() {
        @Override
        public Condition condition() {
          return new Condition.Unfit(Refusal.IMPORT_SCANNER);
        }

        @Override
        public long largest() {
          return 0;
        }

        @Override
        public Verdict scan(Path file, BooleanSupplier wanted) {
          return new Verdict.Unknown();
        }
      };

  /** Whether it can be relied on. */
  sealed interface Condition {
    /**
     * It finds what every scanner must find, by signatures that are new enough.
     *
     * @param engine its name, version and signatures, for the records
     */
    record Fit(String engine) implements Condition {}

    /** It cannot. */
    record Unfit(Refusal reason) implements Condition {}
  }

  /** What it says of a file. */
  sealed interface Verdict {
    /** It found nothing. */
    record Clean() implements Verdict {}

    /**
     * It found something.
     *
     * @param name the scanner's own, fit for the records
     */
    record Found(String name) implements Verdict {}

    /** It did not look at the whole file. */
    record Unknown() implements Verdict {}
  }

  /** Whether it can be relied on now; asked before each import. */
  Condition condition();

  /** Most bytes of one file that it looks at as a whole. */
  long largest();

  /**
   * Looks at a file. Whatever goes wrong is {@link Verdict.Unknown}.
   *
   * @param wanted asked while waiting; false ends it
   * @throws IOException when the file itself cannot be read, or it is not wanted any more
   */
  Verdict scan(Path file, BooleanSupplier wanted) throws IOException;
}
