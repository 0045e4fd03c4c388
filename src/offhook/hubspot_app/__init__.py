"""What must the app in HubSpot be like? The developer project is written here, and compared with what Offhook asks."""
