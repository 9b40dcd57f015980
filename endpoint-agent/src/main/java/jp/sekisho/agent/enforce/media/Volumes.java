package jp.sekisho.agent.enforce.media;

import java.util.function.BooleanSupplier;
import jp.sekisho.agent.enforce.MediumReader;
import jp.sekisho.agent.enforce.MediumWriter;
import jp.sekisho.agent.enforce.OpenOutcome;
import jp.sekisho.agent.enforce.WriteOutcome;

/** The block devices and mounts behind USB ports, by the operating system. Thread-safe. */
public interface Volumes {
  /**
   * Waits for the one volume of an authorised device and mounts it read-only.
   *
   * @param user uid that may read the files
   * @param wanted asked while waiting; false ends it
   */
  OpenOutcome open(String port, int user, BooleanSupplier wanted);

  /**
   * Waits for the one volume of an authorised device, mounts it writable where this process alone
   * can see it, and has {@code writer} write; what is mounted then is unmounted before it returns.
   *
   * @param wanted asked while waiting and before each write; false ends it
   */
  WriteOutcome write(String port, BooleanSupplier wanted, MediumWriter writer);

  /**
   * As {@link #write}, read-only: has {@code reader} read what nobody else can.
   *
   * @param wanted asked while waiting and before each read; false ends it
   */
  WriteOutcome read(String port, BooleanSupplier wanted, MediumReader reader);

  /**
   * Unmounts everything of this port, lazily. Idempotent.
   *
   * @return whether the kernel's table of mounts shows none of it
   */
  boolean close(String port);

  /** Whether it is mounted as {@link #open} left it. */
  boolean isOpen(String port);

  /** Whether the device at the port still has exactly one logical unit. */
  boolean isSingle(String port);

  /** Takes note that a disk or partition appeared; wakes who waits for it. */
  void appeared(String port, String name);

  /** Wakes who waits, to ask again whether it is wanted. */
  void wake();
}
