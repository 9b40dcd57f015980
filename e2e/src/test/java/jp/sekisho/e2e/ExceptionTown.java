package jp.sekisho.e2e;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.Supplier;
import jp.sekisho.e2e.Story.Scene;
import jp.sekisho.e2e.Trail.Mark;
import jp.sekisho.e2e.vm.TerminalVm;
import jp.sekisho.e2e.vm.TerminalVm.Plugged;
import jp.sekisho.e2e.vm.UsbStick;
import jp.sekisho.e2e.vm.VmOptions;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Town#withExceptions} and its counter terminal with a real kernel, where the clerk has
 * logged in with card and PIN.
 *
 * @param scene what runs, with two sticks
 */
record ExceptionTown(Scene scene) implements AutoCloseable {
  /**
   * Starts all of it.
   *
   * @param name of the virtual machine's directory
   */
  static ExceptionTown start(Path directory, String name, UsbStick stick, UsbStick other)
      throws IOException {
    Town town = Town.withExceptions(directory);
    @Nullable TerminalVm vm = null;
    boolean started = false;
    try {
      vm = TerminalVm.start(VmOptions.of(name));
      Counter counter = new Counter(vm, town, Story.TERMINAL, Town.COUNTER_CLERK);
      town.typePin(Town.PIN);
      Scene scene = new Scene(town, vm, counter, stick, other);
      String _ =
          scene.await(Mark.of("policy.accepted", Trail.field("terminal", Story.TERMINAL)), 0);
      counter.insertCard();
      counter.prove("login");
      started = true;
      return new ExceptionTown(scene);
    } finally {
      if (!started) {
        if (vm != null) {
          vm.close();
        }
        town.close();
      }
    }
  }

  Town town() {
    return scene.town();
  }

  TerminalVm vm() {
    return scene.vm();
  }

  Counter counter() {
    return scene.counter();
  }

  /**
   * A stick in its port, which the terminal refused.
   *
   * @param name of its device
   */
  record Blocked(Plugged device, String name, String fingerprint) {}

  /** Plugs a stick in and waits until the terminal recorded that it is blocked. */
  Blocked plug(UsbStick stick, String port) {
    int before = scene.trail().lines().size();
    Plugged device = vm().plug(stick, port);
    String name = vm().awaitDevice(device).name();
    String entry = scene.await(Mark.of("usb.blocked", Trail.field("port", name)), before);
    return new Blocked(device, name, Trail.value(entry, "fingerprint"));
  }

  /** Pulls it out; its image is whole then. */
  void pull(Blocked stick) {
    vm().unplug(stick.device());
    vm().awaitUevent(
            "its removal", stick.device().since(), e -> e.is("remove", "usb", "usb_device"));
  }

  /** Fails unless nobody has a medium mounted in any way and this one is not authorised. */
  void assertShut(Blocked stick) {
    String authorized =
        vm().run("cat /sys/bus/usb/devices/" + stick.name() + "/authorized").expectOk().strip();
    String open = counter().mounted() + vm().writable();
    if (!authorized.equals("0") || !open.isEmpty()) {
      throw new AssertionError("authorized is " + authorized + "; mounted: " + open);
    }
  }

  /** Puts somebody's card into the reader of the terminal beside, and logs in there. */
  Page at(String person) {
    Page page = page();
    logIn(page, person);
    return page;
  }

  /** A browser at that terminal where nobody is logged in. */
  Page page() {
    return new Page(town().people(), town().agent());
  }

  /** As {@link #at}, in a browser that is open. */
  void logIn(Page page, String person) {
    town().insert(person);
    page.prove("login", null);
  }

  /** Asks again until the answer is as wanted. */
  static <T> T until(String what, Supplier<T> asked, Predicate<T> wanted) {
    AtomicReference<@Nullable T> last = new AtomicReference<>();
    try {
      Programs.await(
          what,
          Duration.ofMinutes(2),
          Town.ENTRIES_LOOK,
          () -> {
            T now = asked.get();
            last.set(now);
            return wanted.test(now);
          });
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + ": " + last.get(), e);
    }
    return Objects.requireNonNull(last.get());
  }

  /**
   * Exports the log of the mayor's office, has it verified offline, and looks for these in order.
   */
  void audited(List<List<Mark>> marks) {
    new Trail(town().exportAndVerify("mayor").lines().toList()).inOrder(marks);
  }

  @Override
  public void close() {
    vm().close();
    town().close();
  }
}
