"""What every page shares: language and theme switches, icons, navigation, and the page of components (/ui/)."""
