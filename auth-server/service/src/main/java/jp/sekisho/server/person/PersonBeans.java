package jp.sekisho.server.person;

import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;
import jp.sekisho.server.storage.RowSeal;

/** Beans of the directory. */
@Factory
@Requires(beans = RowSeal.class)
final class PersonBeans {
  @Singleton
  Persons persons(RowSeal seal) {
    return new Persons(seal);
  }

  @Singleton
  PersonnelOrders orders(RowSeal seal) {
    return new PersonnelOrders(seal);
  }

  @Singleton
  Roles roles(RowSeal seal) {
    return new Roles(seal);
  }
}
