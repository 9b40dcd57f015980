package jp.sekisho.agent.login;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.smartcard.Apdu;
import jp.sekisho.smartcard.CardChannel;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.PinKeys;
import jp.sekisho.smartcard.Response;
import jp.sekisho.smartcard.pcsc.CardEvent;
import jp.sekisho.smartcard.pcsc.CardWatcher;
import jp.sekisho.smartcard.pcsc.GrantedReader;
import jp.sekisho.smartcard.pcsc.PcscCard;
import jp.sekisho.smartcard.pcsc.PcscContext;
import jp.sekisho.smartcard.pcsc.PromptScope;
import jp.sekisho.smartcard.pcsc.ReaderRole;
import jp.sekisho.smartcard.pcsc.ReaderRoles;

/**
 * The desk of a real card service: one {@link CardWatcher} knows which stays are current, each
 * login has a connection of its own.
 */
public final class PcscDesk implements CardDesk, AutoCloseable {
  private final ReaderRoles roles;
  private final Map<String, Integer> present = new ConcurrentHashMap<>();
  private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
  private final CardWatcher watcher;

  public PcscDesk(ReaderRoles roles) {
    this.roles = roles;
    this.watcher = CardWatcher.start(roles, this::seen);
  }

  private void seen(CardEvent event) {
    if (event instanceof CardEvent.Inserted inserted) {
      present.put(inserted.reader(), inserted.eventCounter());
    } else if (event instanceof CardEvent.Removed removed) {
      present.remove(removed.reader());
      listeners.forEach(listener -> listener.accept(removed.reader()));
    }
    // A lost service reports every card removed first.
  }

  @Override
  public Look look() {
    List<String> names;
    try {
      names = usable();
    } catch (CardException e) {
      return new Look.Absent(Refusal.CARD_SERVICE_DOWN, null);
    }
    List<Stay> stays = stays(names);
    if (!stays.isEmpty()) {
      return new Look.Present(stays.get(0));
    }
    return names.isEmpty()
        ? new Look.Absent(Refusal.NO_READER, null)
        : new Look.Absent(Refusal.NO_CARD, names.get(0));
  }

  @Override
  public List<Stay> cards() {
    try {
      return stays(usable());
    } catch (CardException e) {
      return List.of();
    }
  }

  /** Names of the readers that may be touched, staff readers first. */
  private List<String> usable() throws CardException {
    List<String> names;
    try (PcscContext context = PcscContext.establish()) {
      names = context.readers();
    }
    List<String> usable = new ArrayList<>();
    for (ReaderRole role : new ReaderRole[] {ReaderRole.STAFF, ReaderRole.SHARED}) {
      names.stream().filter(name -> roles.roleOf(name) == role).forEach(usable::add);
    }
    return usable;
  }

  private List<Stay> stays(List<String> names) {
    List<Stay> stays = new ArrayList<>();
    for (String name : names) {
      Integer counter = present.get(name);
      if (counter != null) {
        stays.add(new Stay(name, counter, roles.roleOf(name) == ReaderRole.SHARED));
      }
    }
    return stays;
  }

  @Override
  public CardChannel connect(Stay stay, PromptScope prompt) throws CardException {
    GrantedReader granted =
        roles
            .grant(stay.reader(), prompt)
            .orElseThrow(
                () -> new CardException(CardFailure.READER_NOT_GRANTED, "no prompt is open"));
    PcscContext context = PcscContext.establish();
    try {
      return new OwnConnection(context, context.connect(granted));
    } catch (CardException | RuntimeException e) {
      context.close();
      throw e;
    }
  }

  @Override
  public boolean servesStaffOnly() {
    try (PcscContext context = PcscContext.establish()) {
      List<String> names = context.readers();
      return names.size() > 1
          && names.stream().allMatch(name -> roles.roleOf(name) == ReaderRole.STAFF);
    } catch (CardException e) {
      return false;
    }
  }

  @Override
  public boolean isOnlyCard(Stay stay) {
    return isStill(stay) && present.size() == 1;
  }

  @Override
  public boolean isStill(Stay stay) {
    Integer counter = present.get(stay.reader());
    return counter != null && counter == stay.counter();
  }

  @Override
  public void onGone(Consumer<String> listener) {
    listeners.add(listener);
  }

  @Override
  public void close() {
    watcher.close();
  }

  /** A card whose connection to the service ends with it. */
  private record OwnConnection(PcscContext context, PcscCard card) implements CardChannel {
    @Override
    public void begin() throws CardException {
      card.begin();
    }

    @Override
    public Response transmit(Apdu command) throws CardException {
      return card.transmit(command);
    }

    @Override
    public Optional<PinKeys> pinKeys() throws CardException {
      return card.pinKeys();
    }

    @Override
    public void endAndReset() throws CardException {
      card.endAndReset();
    }

    @Override
    public void close() {
      card.close();
      context.close();
    }
  }
}
