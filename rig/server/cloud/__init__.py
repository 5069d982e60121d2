"""moto, completed in place with what a launcher's tests need and it lacks. What moto does right stays moto's."""
